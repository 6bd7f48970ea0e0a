#!/usr/bin/env python3
"""penaltyblog's side of run.sh.

    peer.py extract FOLDER OUT    write 1,140 Premier League matches (2018-19 to 2020-21) with clubs as numbers
    peer.py measure FILE          print one measure<TAB>seconds line per measure, the best of several runs
    peer.py compare OURS THEIRS   print measure<TAB>ours<TAB>peer<TAB>ratio
"""

import csv
import sys
import time
from datetime import datetime
from pathlib import Path


def extract(folder, out):
    rows = []
    for season in ("1819", "1920", "2021"):
        with open(Path(folder) / season / "E0.csv", encoding="cp1252", newline="") as f:
            for r in csv.DictReader(f):
                if r.get("FTHG"):
                    text = r["Date"]
                    day = datetime.strptime(text, "%d/%m/%Y" if len(text) == 10 else "%d/%m/%y").toordinal()
                    rows.append((day, r["HomeTeam"], r["AwayTeam"], int(r["FTHG"]), int(r["FTAG"])))
    rows.sort(key=lambda r: r[0])
    clubs = {name: i for i, name in enumerate(sorted({r[1] for r in rows} | {r[2] for r in rows}))}
    with open(out, "w", encoding="ascii") as f:
        for day, home, away, hg, ag in rows:
            f.write(f"{day},{clubs[home]},{clubs[away]},{hg},{ag}\n")


def best(work, budget=2.0, block=1):
    result, begin, runs = float("inf"), time.perf_counter(), 0
    while runs < 3 or time.perf_counter() - begin < budget:
        start = time.perf_counter()
        for _ in range(block):
            work()
        result = min(result, (time.perf_counter() - start) / block)
        runs += 1
        if time.perf_counter() - begin > 25.0:
            break
    return result


def measure(file):
    import numpy as np
    import penaltyblog as pb

    rows = [list(map(int, line.split(","))) for line in open(file, encoding="ascii")]
    home, away = [f"T{r[1]}" for r in rows], [f"T{r[2]}" for r in rows]
    hg, ag = np.array([r[3] for r in rows]), np.array([r[4] for r in rows])

    def report(name, seconds):
        print(f"{name}\t{seconds:e}", flush=True)

    def fit(model):
        fitted = model(hg, ag, home, away)
        fitted.fit()
        return fitted

    fitted = {}
    for name, model in (("Poisson", pb.models.PoissonGoalsModel), ("Dixon-Coles", pb.models.DixonColesGoalModel),
                        ("bivariate Poisson", pb.models.BivariatePoissonGoalModel),
                        ("Weibull copula", pb.models.WeibullCopulaGoalsModel)):
        report(f"{name} fit", best(lambda: fitted.__setitem__(name, fit(model)), 1.0))
    for name in ("Poisson", "Dixon-Coles"):
        model = fitted[name]
        report(f"{name} prediction, 1X2", best(lambda: model.predict(home[0], away[0]).home_draw_away, 1.0, 50))
    grid = fitted["Dixon-Coles"].predict(home[0], away[0]).grid

    def every_market():
        g = pb.models.FootballProbabilityGrid(grid, 1.5, 1.2)
        _ = g.home_draw_away, g.btts_yes, g.double_chance_1x, g.double_chance_12, g.double_chance_x2, g.draw_no_bet_home
        for q in range(6):
            g.totals(0.5 + q)
        for q in range(17):
            g.asian_handicap_probs("home", -2 + q / 4)

    report("markets of a grid (1X2, totals, handicaps, both to score)", best(every_market, 1.0, 20))

    def elo():
        e = pb.ratings.Elo()
        for h, a, x, y in zip(home, away, hg, ag):
            e.update_ratings(h, a, 0 if x > y else 1 if x == y else 2)

    def pi():
        p = pb.ratings.PiRatingSystem()
        for h, a, x, y in zip(home, away, hg, ag):
            p.update_ratings(h, a, int(x - y))

    report("Elo, all matches", best(elo, 1.0))
    report("pi ratings, all matches", best(pi, 1.0))
    report("Massey fit", best(lambda: pb.ratings.Massey(hg, ag, home, away).get_ratings(), 1.0))
    report("Colley fit", best(lambda: pb.ratings.Colley(hg, ag, home, away).get_ratings(), 1.0))
    odds = [2.15, 3.4, 3.6]
    for name, method in (("multiplicative", "multiplicative"), ("power", "power"), ("Shin", "shin"), ("odds ratio", "odds_ratio")):
        report(f"de-vig by {name}", best(lambda: pb.implied.calculate_implied(odds, method=method), 0.5, 100))
    fair = pb.implied.calculate_implied(odds, method="shin").probabilities
    report("goal expectancy from 1X2", best(lambda: pb.models.goal_expectancy(*fair, dc_adj=False), 1.0))


def compare(ours, theirs):
    read = lambda file: dict(line.rstrip("\n").split("\t") for line in open(file, encoding="utf-8") if "\t" in line)
    a, b = read(ours), read(theirs)
    print("measure\tours\tpeer\tratio")
    for name, peer in b.items():
        if name in a:
            print(f"{name}\t{unit(float(a[name]))}\t{unit(float(peer))}\t{float(peer) / float(a[name]):.0f}x")


def unit(seconds):
    for factor, name in ((1.0, "s"), (1e-3, "ms"), (1e-6, "us")):
        if seconds >= factor:
            return f"{seconds / factor:.3g} {name}"
    return f"{seconds / 1e-9:.3g} ns"


if __name__ == "__main__":
    {"extract": extract, "measure": measure, "compare": compare}[sys.argv[1]](*sys.argv[2:])
