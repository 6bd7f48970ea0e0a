#!/usr/bin/env python3
"""Writes detectors.json: what SciPy and scikit-learn say of samples that the tests of this crate look at too.

    pip install scipy scikit-learn && python3 golden.py > detectors.json
"""

import json

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.cluster import DBSCAN
from sklearn.ensemble import IsolationForest

rng = np.random.default_rng(20261129)


def samples():
    yield rng.normal(2.0, 0.5, 40).round(2), rng.normal(2.3, 0.5, 55).round(2)
    yield rng.poisson(1.4, 60).astype(float), rng.poisson(1.6, 70).astype(float)
    yield rng.gamma(2.0, 1.0, 400).round(3), rng.gamma(2.2, 1.0, 900).round(3)
    yield rng.normal(0, 1, 2000).round(4), rng.normal(0.05, 1.1, 1500).round(4)


ks = []
for a, b in samples():
    method = "exact" if len(a) * len(b) <= 10_000 else "asymp"
    found = stats.ks_2samp(a, b, method=method)
    ks.append({"a": a.tolist(), "b": b.tolist(), "distance": found.statistic, "p": found.pvalue, "method": method})

spread = []
for a, _ in samples():
    q1, q3 = np.percentile(a, [25, 75])
    mean, sd = a.mean(), a.std(ddof=1)
    spread.append({
        "values": a.tolist(), "mean": mean, "sd": sd, "q1": q1, "q3": q3,
        "three_sigma": int((abs(a - mean) > 3 * sd).sum()),
        "iqr": int(((a < q1 - 1.5 * (q3 - q1)) | (a > q3 + 1.5 * (q3 - q1))).sum()),
    })

adjusted = []
for n in (5, 20):
    p = np.concatenate([rng.uniform(0, 0.01, n // 4), rng.uniform(0, 1, n - n // 4)])
    adjusted.append({"p": p.tolist(), "q": 0.05, "kept": (stats.false_discovery_control(p) <= 0.05).tolist()})

points = np.concatenate([
    rng.normal([0, 0], 0.4, (150, 2)), rng.normal([3, 3], 0.3, (100, 2)), rng.uniform(-3, 6, (25, 2)),
]).round(4)
clusters = DBSCAN(eps=0.4, min_samples=5).fit(points).labels_
forest = IsolationForest(n_estimators=200, random_state=42).fit(points)
json.dump({
    "versions": {"scipy": scipy.__version__, "scikit-learn": sklearn.__version__},
    "ks": ks, "spread": spread, "benjamini_hochberg": adjusted,
    "points": points.tolist(), "clusters": clusters.tolist(),
    "forest": (-forest.score_samples(points)).round(6).tolist(),
}, __import__("sys").stdout)
