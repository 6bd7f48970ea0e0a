"""The peers' side of run.sh: penaltyblog's and sports-betting's backtests on the same bets, timed and compared with ours.

A bet is the outcome of highest expected value of a match, where it has any, at the market's highest price, by probabilities that
are the market's mean prices without margin; always ten units. Both peers are handed these probabilities.
"""

import csv
import glob
import os
import sys
import time
import warnings
from datetime import datetime

warnings.filterwarnings("ignore")
STAKE = 10.0
CASH = 1_000_000.0
FOLDS = 3
OUTCOMES = ["home_win", "draw", "away_win"]


def extract(folder, target):
    """Matches of football-data.co.uk with mean and highest prices, in order of day."""
    rows = []
    for path in sorted(glob.glob(os.path.join(folder, "*", "*.csv"))):
        if os.path.basename(path) not in {f"{code}.csv" for code in ("E0", "SP1", "I1", "D1", "F1")}:
            continue
        with open(path, encoding="latin-1", newline="") as file:
            for row in csv.DictReader(file):
                for mean, high in (("Avg", "Max"), ("BbAv", "BbMx")):
                    try:
                        means = [float(row[mean + side]) for side in "HDA"]
                        highs = [float(row[high + side]) for side in "HDA"]
                        goals = [int(row["FTHG"]), int(row["FTAG"])]
                    except (KeyError, ValueError, TypeError):
                        continue
                    text = row["Date"].strip()
                    day = datetime.strptime(text, "%d/%m/%Y" if len(text) > 8 else "%d/%m/%y")
                    margin = sum(1 / odds for odds in means)
                    # Prices that add up to less are mistakes of a source, which ours leaves out.
                    if min(highs + means) <= 1.0 or sum(1 / odds for odds in highs) < 0.95:
                        break
                    chances = [1 / odds / margin for odds in means]
                    rows.append([(day - datetime(1970, 1, 1)).days, *goals, *highs, *chances])
                    break
    rows.sort(key=lambda row: row[0])
    with open(target, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow("id day home away odds_home odds_draw odds_away p_home p_draw p_away".split())
        for number, row in enumerate(rows, 1):
            writer.writerow([number, *row])


def read(path):
    import pandas as pd

    matches = pd.read_csv(path)
    matches["date"] = pd.to_datetime(matches.day, unit="D")
    return matches


def penaltyblog(matches):
    """Seconds, and the bets."""
    from penaltyblog.backtest import Backtest

    frame = matches.copy()
    bets = []

    def logic(ctx):
        row = ctx.fixture
        values = [
            row.p_home * row.odds_home - 1,
            row.p_draw * row.odds_draw - 1,
            row.p_away * row.odds_away - 1,
        ]
        best = max(range(3), key=lambda n: values[n])
        if values[best] >= 0:
            odds = (row.odds_home, row.odds_draw, row.odds_away)[best]
            result = 0 if row.home > row.away else 1 if row.home == row.away else 2
            ctx.account.place_bet(odds, STAKE, int(result == best))
            bets.append((int(row.id), best))

    first, last = str(frame.date.min().date()), str(frame.date.max().date())
    started = time.perf_counter()
    backtest = Backtest(frame, first, last)
    backtest.start(CASH, logic)
    seconds = time.perf_counter() - started
    ledger = [
        (number, outcome, bet["odds"], bet["stake"], bet["profit"])
        for (number, outcome), bet in zip(bets, backtest.account.history)
    ]
    return seconds, ledger


def sports_betting(matches):
    """Seconds, and bets and final cash of each fold, with the first and last row of each."""
    import numpy as np
    import pandas as pd
    from sklearn.model_selection import TimeSeriesSplit
    from sportsbet.evaluation import BaseBettor, backtest

    class Told(BaseBettor):
        def _fit(self, X, Y, O):
            return self

        def _predict_proba(self, X):
            return X[["p_home", "p_draw", "p_away"]].to_numpy()

    index = pd.DatetimeIndex(matches.date, name="date")
    X = matches[["p_home", "p_draw", "p_away"]].set_index(index)
    result = np.sign(matches.home - matches.away).to_numpy()
    Y = pd.DataFrame(
        {f"{name}__postplay__90min": result == sign for name, sign in zip(OUTCOMES, (1, 0, -1))}, index=index
    )
    odds = matches[["odds_home", "odds_draw", "odds_away"]].to_numpy()
    O = pd.DataFrame(odds, columns=[f"market__{name}__preplay__0min" for name in OUTCOMES], index=index)
    folds = TimeSeriesSplit(FOLDS)
    bettor = Told(betting_markets=OUTCOMES, init_cash=CASH, stake=STAKE)
    started = time.perf_counter()
    found = backtest(bettor, X, Y, O, cv=folds, n_jobs=1)
    seconds = time.perf_counter() - started
    # It sorts by day in a way that may exchange matches of one day; folds are compared where they end between days.
    order = np.argsort(X.index)
    ids = matches.id.to_numpy()[order]
    tests = [set(ids[test]) for _, test in folds.split(X)]
    totals = zip(found["Number of bets"], found["Final cash"])
    return seconds, [(test, int(bets), float(cash) - CASH) for test, (bets, cash) in zip(tests, totals)]


def compare(path, ours_path, ours_seconds):
    matches = read(path)
    with open(ours_path, newline="") as file:
        ours = [
            (int(row["id"]), int(row["outcome"]), float(row["odds"]), float(row["stake"]), float(row["profit"]))
            for row in csv.DictReader(file)
        ]
    ours_seconds = float(ours_seconds)
    seconds, theirs = penaltyblog(matches)
    cents = [(b[0], b[1], round(100 * b[2]), round(100 * b[3]), round(100 * b[4])) for b in ours]
    peers = [(b[0], b[1], round(100 * b[2]), round(100 * b[3]), round(100 * b[4])) for b in theirs]
    if cents != peers:
        differ = next((pair for pair in zip(cents, peers) if pair[0] != pair[1]), (len(cents), len(peers)))
        sys.exit(f"the ledgers differ: {differ}")
    print("measure\tours\tpeer\tratio")
    total = sum(b[4] for b in ours)
    print(f"penaltyblog: bets that are the same to the cent\t{len(ours)}\t{len(theirs)}\t1")
    print(f"penaltyblog: profit\t{total:.2f}\t{sum(b[4] for b in theirs):.2f}\t1")
    print(f"penaltyblog: seconds\t{ours_seconds:.4f}\t{seconds:.2f}\t{seconds / ours_seconds:.0f}")
    seconds, folds = sports_betting(matches)
    for number, (test, bets, profit) in enumerate(folds, 1):
        own = [b for b in ours if b[0] in test]
        own_profit = sum(b[4] for b in own)
        print(f"sports-betting: bets of fold {number}\t{len(own)}\t{bets}\t{bets / len(own):.4f}")
        print(f"sports-betting: profit of fold {number}\t{own_profit:.2f}\t{profit:.2f}\t{profit / own_profit:.4f}")
    # Ours bets on all matches, the peer on those of its folds.
    print(f"sports-betting: seconds\t{ours_seconds:.4f}\t{seconds:.2f}\t{seconds / ours_seconds:.0f}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["extract", folder, target]:
            extract(folder, target)
        case ["compare", path, ours, seconds]:
            compare(path, ours, seconds)
        case _:
            sys.exit(__doc__)
