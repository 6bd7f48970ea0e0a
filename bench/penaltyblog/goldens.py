#!/usr/bin/env python3
"""Golden values of penaltyblog's ratings, markets, odds, metrics and staking on invented input.

Usage (in a venv with penaltyblog 1.13, numpy and scipy):
    python bench/penaltyblog/goldens.py crates/models/tests/golden

Everything is drawn with the seed below: 20 invented clubs, a double round of scores, score grids from invented
means, books with invented margins. Nothing here is a real result or a real price.
"""

import json
import sys
from pathlib import Path

import numpy as np
import penaltyblog as pb
from scipy.optimize import brentq

SEED = 20260711
CLUBS = [f"Club {chr(65 + i)}" for i in range(20)]
QUARTERS_TOTAL = list(range(1, 25))
QUARTERS_HANDICAP = list(range(-12, 13))


def matches(rng):
    strength = rng.normal(0.0, 0.35, len(CLUBS))
    rows = []
    for h in range(len(CLUBS)):
        for a in range(len(CLUBS)):
            if h != a:
                home = int(rng.poisson(np.exp(0.35 + strength[h] - strength[a])))
                away = int(rng.poisson(np.exp(0.10 + strength[a] - strength[h])))
                rows.append([h, a, home, away])
    rng.shuffle(rows)
    return [[int(x) for x in row] for row in rows]


def ratings(rng):
    rows = matches(rng)
    names = [[CLUBS[h], CLUBS[a], hg, ag] for h, a, hg, ag in rows]
    elo = pb.ratings.Elo(k=20.0, home_field_advantage=100.0)
    pi = pb.ratings.PiRatingSystem(alpha=0.15, beta=0.10, k=0.75, sigma=1.0)
    for home, away, hg, ag in names:
        elo.update_ratings(home, away, 0 if hg > ag else 1 if hg == ag else 2)
        pi.update_ratings(home, away, hg - ag)
    columns = list(zip(*names))
    args = (list(columns[2]), list(columns[3]), list(columns[0]), list(columns[1]))

    def ordered(frame, column):
        table = dict(zip(frame["team"], frame[column]))
        return [float(table[c]) for c in CLUBS]

    massey = pb.ratings.Massey(*args).get_ratings()
    # An even round robin of two halves that only met one another: the offence/defence split has no unique answer.
    split = [row for row in names if (CLUBS.index(row[0]) < 10) != (CLUBS.index(row[1]) < 10)]
    columns = list(zip(*split))
    halves = pb.ratings.Massey(list(columns[2]), list(columns[3]), list(columns[0]), list(columns[1])).get_ratings()
    return {
        "teams": len(CLUBS),
        "matches": rows,
        "elo": [elo.ratings[c] for c in CLUBS],
        "elo_expected_0_1": float(elo.home_win_probability(CLUBS[0], CLUBS[1])),
        "pi_home": [pi.team_ratings[c]["home"] for c in CLUBS],
        "pi_away": [pi.team_ratings[c]["away"] for c in CLUBS],
        "massey": ordered(massey, "rating"),
        "massey_offence": ordered(massey, "offence"),
        "massey_defence": ordered(massey, "defence"),
        "massey_halves": ordered(halves, "rating"),
        "massey_halves_defence": ordered(halves, "defence"),
        "colley": ordered(pb.ratings.Colley(*args, include_draws=False).get_ratings(), "rating"),
        "colley_draw_bonus": ordered(pb.ratings.Colley(*args, include_draws=True, draw_weight=0.5).get_ratings(), "rating"),
    }


def markets(rng):
    out = []
    for _ in range(12):
        home, away = float(rng.uniform(0.3, 3.2)), float(rng.uniform(0.3, 3.2))
        grid = pb.models.create_dixon_coles_grid(home, away, 0.0, 15)
        out.append({
            "home": home,
            "away": away,
            "max_goals": 15,
            "one_x_two": [float(p) for p in grid.home_draw_away],
            "double_chance": [float(grid.double_chance_1x), float(grid.double_chance_12), float(grid.double_chance_x2)],
            "draw_no_bet": [float(grid.draw_no_bet_home), float(grid.draw_no_bet_away)],
            "btts": float(grid.btts_yes),
            "win_to_nil": [float(grid.win_to_nil_home()), float(grid.win_to_nil_away())],
            "expected_points": [float(grid.expected_points_home()), float(grid.expected_points_away())],
            "exact_2_1": float(grid.exact_score(2, 1)),
            "home_goals": [float(p) for p in grid.home_goal_distribution()],
            "total_goals": [float(p) for p in grid.total_goals_distribution()],
            "totals": [[q, *map(float, grid.totals(q / 4))] for q in QUARTERS_TOTAL],
            "handicaps": [
                [q, *(float(grid.asian_handicap_probs(side, q / 4)[k]) for side in ("home", "away") for k in ("win", "push", "lose"))]
                for q in QUARTERS_HANDICAP
            ],
        })
    return out


def jensen_shannon(odds):
    """The definition, by bisection inside bisection."""
    q = 1.0 / np.array(odds)

    def jsd(p, x):
        m = (p + x) / 2
        kl = lambda a: a * np.log(a / m) + (1 - a) * np.log((1 - a) / (1 - m))
        return (kl(p) + kl(x)) / 2

    def at(d):
        return np.array([brentq(lambda p: jsd(p, x) - d, 1e-14, x, xtol=1e-16, rtol=1e-15) for x in q])

    d = brentq(lambda d: at(d).sum() - 1, 1e-10, min(jsd(1e-14, x) for x in q) * (1 - 1e-9), xtol=1e-18, rtol=1e-14)
    return [float(p) for p in at(d)]


def odds(rng):
    methods = [m.value for m in pb.implied.ImpliedMethod]
    books = []
    for i in range(30):
        outcomes = [2, 3, 3, 3, 5][i % 5]
        fair = rng.dirichlet(np.full(outcomes, 4.0))
        margin = float(rng.uniform(1.01, 1.12))
        prices = [round(float(1 / (p * margin)), 2) for p in fair]
        book = {"odds": prices, "methods": {}}
        for method in methods:
            result = pb.implied.calculate_implied(prices, method=method)
            book["methods"][method] = [float(p) for p in result.probabilities]
        book["methods"]["jensen_shannon"] = jensen_shannon(prices)
        books.append(book)
    expectancy = []
    for _ in range(10):
        w = rng.dirichlet([6.0, 4.0, 5.0])
        found = pb.models.goal_expectancy(*map(float, w), dc_adj=False, max_goals=25,
                                          minimizer_options={"ftol": 1e-16, "gtol": 1e-12})
        expectancy.append({"forecast": [float(p) for p in w], "home": found["home_exp"], "away": found["away_exp"]})
    return {"books": books, "expectancy": expectancy,
            "american": [[a, pb.betting.convert_odds([a], "american")[0]] for a in (-400, -110, 100, 175, 1200)],
            "fractional": [[f, pb.betting.convert_odds([f], "fractional")[0]] for f in ("1/4", "7/4", "13/8", "100/30")]}


def metrics(rng):
    p = rng.dirichlet([5.0, 3.0, 4.0], 200)
    y = rng.integers(0, 3, 200)
    return {
        "probabilities": [[float(x) for x in row] for row in p],
        "outcomes": [int(x) for x in y],
        "rps": [float(x) for x in pb.metrics.rps_array(p, y.astype(np.int32))],
        "rps_mean": float(pb.metrics.rps_average(p, y.astype(np.int32))),
        "brier_mean": float(pb.metrics.multiclass_brier_score(p, y)),
        "ignorance_mean": float(pb.metrics.ignorance_score(p, y)),
    }


def staking(rng):
    single, several = [], []
    for _ in range(12):
        p, edge = float(rng.uniform(0.1, 0.9)), float(rng.uniform(0.9, 1.3))
        price = max(1.02, round(edge / p, 2))
        single.append([p, price, float(pb.betting.kelly_criterion(price, p).stake)])
    for _ in range(8):
        w = rng.dirichlet([6.0, 4.0, 5.0])
        prices = [max(1.02, round(float(e / p), 2)) for e, p in zip(rng.uniform(0.8, 1.12, 3), w)]
        result = pb.betting.multiple_kelly_criterion(prices, [float(x) for x in w])
        several.append({"probabilities": [float(x) for x in w], "odds": prices,
                        "stakes": [float(s) for s in result.stakes], "growth": float(result.expected_growth)})
    return {"single": single, "exclusive": several}


def main():
    folder = Path(sys.argv[1])
    for i, (name, make) in enumerate([("ratings", ratings), ("markets", markets), ("odds", odds),
                                      ("metrics", metrics), ("staking", staking)]):
        body = json.dumps(make(np.random.default_rng(SEED + i)), separators=(",", ":"))
        (folder / f"{name}.json").write_text(body + "\n")


if __name__ == "__main__":
    main()
