#!/usr/bin/env python3
"""Golden values and timings of penaltyblog's goal models on invented matches.

Usage (in a venv with penaltyblog 1.13, numpy, scipy and mpmath):
    python bench/penaltyblog/goldens_goals.py crates/models/tests/golden            write the fixtures
    python bench/penaltyblog/goldens_goals.py crates/models/tests/golden --time     time the fits instead

The matches are simulated: three seasons of 20 invented clubs, three of them replaced each summer, so that
1,140 matches over 26 clubs come out - the size of three Premier League seasons. Nothing here is a real result.
"""

import csv
import json
import sys
import time
from pathlib import Path

import mpmath as mp
import numpy as np
import penaltyblog as pb

SEED = 20260711
MODELS = {
    "poisson": pb.models.PoissonGoalsModel,
    "dixon_coles": pb.models.DixonColesGoalModel,
    "bivariate_poisson": pb.models.BivariatePoissonGoalModel,
    "negative_binomial": pb.models.NegativeBinomialGoalModel,
    "zero_inflated_poisson": pb.models.ZeroInflatedPoissonGoalsModel,
    "weibull_copula": pb.models.WeibullCopulaGoalsModel,
}
PAIRS = [(5, 17), (25, 3)]
GRID = 15


def simulate():
    """Rows (day, home, away, home goals, away goals) with clubs as indices."""
    rng = np.random.default_rng(SEED)
    attack = rng.normal(0.0, 0.28, 26)
    defence = rng.normal(0.0, 0.22, 26)
    rows = []
    for season in range(3):
        clubs = list(range(20 - 3 * season)) + list(range(20, 20 + 3 * season))
        fixtures = [(h, a) for h in clubs for a in clubs if h != a]
        rng.shuffle(fixtures)
        for k, (h, a) in enumerate(fixtures):
            # Gamma noise on the rates and a shared count give every model's extra parameter something to find.
            shared = rng.poisson(0.08)
            home = rng.poisson(np.exp(0.12 + 0.26 + attack[h] + defence[a]) * rng.gamma(6.0, 1 / 6.0)) + shared
            away = rng.poisson(np.exp(0.12 + attack[a] + defence[h]) * rng.gamma(6.0, 1 / 6.0)) + shared
            rows.append((365 * season + k * 280 // len(fixtures), int(h), int(a), int(home), int(away)))
    return rows


def build(cls, rows, weights):
    day, home, away, hg, ag = (np.array(c) for c in zip(*rows))
    names = np.array([f"Club {chr(65 + i)}" for i in range(26)])
    return cls(hg, ag, names[home], names[away], weights)


def loss(model):
    """The objective that penaltyblog minimises, at its own optimum, as a log-likelihood."""
    value = float(model._loss_function(model._params))
    return -value if value > 0 else value


def weibull_exact(rates, shape, kappa, side):
    """The Weibull count copula grid in 60 digits with 160 terms.

    penaltyblog cuts the series of each count after `max_goals` terms, which leaves probabilities that jump between
    0 and too much beyond some ten goals and moves every normalised cell by up to 2e-6, so its own grids
    cannot be the reference here.
    """
    mp.mp.dps = 60
    terms = 160
    gamma = [mp.gamma(mp.mpf(shape) * j + 1) for j in range(terms)]
    factorial = [mp.factorial(j) for j in range(terms)]
    ratio = [gamma[j] / factorial[j] for j in range(terms)]
    alpha = list(ratio)
    table = []
    for x in range(side):
        table.append([alpha[j] / gamma[j] for j in range(terms)])
        alpha = [mp.fsum(alpha[m] * ratio[j - m] for m in range(x, j)) if j > x else mp.mpf(0) for j in range(terms)]
    margins = []
    for rate in rates:
        total, margin = mp.mpf(0), []
        for x in range(side):
            total += mp.fsum((-1) ** (x + j) * mp.mpf(rate) ** j * table[x][j] for j in range(x, terms))
            margin.append(total)
        margins.append(margin)
    k = mp.mpf(kappa)

    def joint(x, y):
        if x < 0 or y < 0:
            return mp.mpf(0)
        return -mp.log1p(mp.expm1(-k * margins[0][x]) * mp.expm1(-k * margins[1][y]) / mp.expm1(-k)) / k

    cells = [
        joint(x, y) - joint(x - 1, y) - joint(x, y - 1) + joint(x - 1, y - 1) for x in range(side) for y in range(side)
    ]
    return [float(f"{float(c):.13g}") for c in cells]


def write(folder, rows):
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / "goal_matches.csv", "w", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["day", "home", "away", "home_goals", "away_goals"])
        writer.writerows(rows)
    last = max(r[0] for r in rows)
    weightings = {
        "even": None,
        "decayed": np.array([np.exp(-0.0018 * (last - r[0])) for r in rows]),
    }
    golden = {"penaltyblog": pb.__version__, "xi_per_day": 0.0018, "grid": GRID, "models": []}
    for name, cls in MODELS.items():
        for weighting, weights in weightings.items():
            model = build(cls, rows, weights)
            model.fit()
            params = [float(p) for p in model._params]
            grids = []
            for home, away in PAIRS:
                # Not normalised: the raw probabilities of their formula.
                grid = model._compute_probabilities(home, away, GRID, normalize=False)
                grids.append({
                    "home": home,
                    "away": away,
                    "cells": [float(f"{x:.13g}") for x in np.asarray(grid.grid).ravel()],
                })
                if name == "weibull_copula":
                    rates = [
                        np.exp(params[home] + params[26 + away] + params[52]),
                        np.exp(params[away] + params[26 + home]),
                    ]
                    grids[-1]["cells"] = weibull_exact(rates, params[53], params[54], GRID)
            golden["models"].append({
                "model": name,
                "weights": weighting,
                "log_likelihood": loss(model),
                "attack": params[:26],
                "defence": params[26:52],
                "tail": params[52:],
                "grids": grids,
            })
            print(name, weighting, golden["models"][-1]["log_likelihood"], params[52:])
    with open(folder / "goals.json", "w") as out:
        json.dump(golden, out, separators=(",", ":"))
        out.write("\n")


def measure(rows):
    for name, cls in MODELS.items():
        runs = []
        for _ in range(5):
            model = build(cls, rows, None)
            start = time.perf_counter()
            model.fit()
            runs.append(time.perf_counter() - start)
        predictions = []
        for _ in range(200):
            start = time.perf_counter()
            model.predict("Club A", "Club B")
            predictions.append(time.perf_counter() - start)
        print(f"{name}: fit {sorted(runs)[2] * 1e3:.1f} ms, predict {sorted(predictions)[100] * 1e6:.1f} us")


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    matches = simulate()
    if "--time" in sys.argv:
        measure(matches)
    else:
        write(Path(sys.argv[1]), matches)
