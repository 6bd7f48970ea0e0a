"""The peers' side of run.sh: penaltyblog's and sports-betting's backtests on the same bets, timed and compared with ours.

A bet is the outcome of highest expected value of a match, where it has any, at the market's highest price, by probabilities that
are the market's mean prices without margin; always ten units. Both peers are handed these probabilities.
"""

import csv
import glob
import os
import statistics
import sys
import time
import warnings
from datetime import datetime

warnings.filterwarnings("ignore")
STAKE = 10.0
CASH = 1_000_000.0
FOLDS = 3
RUNS = 9
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
    """Median seconds of a backtest; the bets of its folds, the profit that it states of each, and the matches that it tests."""
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
    seconds = []
    for _ in range(RUNS):
        started = time.perf_counter()
        found = backtest(bettor, X, Y, O, cv=folds, n_jobs=1)
        seconds.append(time.perf_counter() - started)
    # It gives totals alone: the bets are asked of the bettor itself, fold by fold, in the order of its own sorting.
    order = np.argsort(X.index)
    ids = matches.id.to_numpy()[order]
    X, Y, O = X.iloc[order], Y.iloc[order], O.iloc[order]
    ledger, tested = [], []
    for train, test in folds.split(X):
        bettor.fit(X.iloc[train], Y.iloc[train], O.iloc[train])
        wanted = bettor.bet(X.iloc[test], O.iloc[test])
        prices, came = O.iloc[test].to_numpy(), Y.iloc[test].to_numpy()
        ledger.append(
            [
                (int(ids[test][row]), int(outcome), prices[row, outcome], STAKE,
                 STAKE * (prices[row, outcome] * came[row, outcome] - 1))
                for row, outcome in zip(*np.nonzero(wanted))
            ]
        )
        tested.append({int(n) for n in ids[test]})
    stated = [float(cash) - CASH for cash in found["Final cash"]]
    return statistics.median(seconds), ledger, stated, tested


def cents(bets):
    return [(b[0], b[1], round(100 * b[2]), round(100 * b[3]), round(100 * b[4])) for b in bets]


def ties(matches):
    """Matches whose two best outcomes are worth as much, as sports-betting counts: it adds a millionth per place."""
    tied = set()
    for row in matches.itertuples():
        values = [row.p_home * row.odds_home, row.p_draw * row.odds_draw, row.p_away * row.odds_away]
        best = max(values)
        if sum(value > best - 2e-6 for value in values) > 1:
            tied.add(int(row.id))
    return tied


def compare(path, ours_path, seconds_once, seconds_hundred):
    matches = read(path)
    with open(ours_path, newline="") as file:
        ours = [
            (int(row["id"]), int(row["outcome"]), float(row["odds"]), float(row["stake"]), float(row["profit"]))
            for row in csv.DictReader(file)
        ]
    once, hundred = float(seconds_once), float(seconds_hundred)
    seconds, theirs = penaltyblog(matches)
    if cents(ours) != cents(theirs):
        pairs = zip(cents(ours), cents(theirs))
        differ = next((pair for pair in pairs if pair[0] != pair[1]), (len(ours), len(theirs)))
        sys.exit(f"the ledgers differ: {differ}")
    print("measure\tours\tpeer\tratio")
    total = sum(b[4] for b in ours)
    print(f"penaltyblog: bets that are the same to the cent\t{len(ours)}\t{len(theirs)}\t1")
    print(f"penaltyblog: profit\t{total:.2f}\t{sum(b[4] for b in theirs):.2f}\t1")
    print(f"penaltyblog: seconds\t{once:.4f}\t{seconds:.2f}\t{seconds / once:.0f}")
    tied = ties(matches)
    seconds, ledger, stated, tested = sports_betting(matches)
    for number, (bets, profit, test) in enumerate(zip(ledger, stated, tested), 1):
        if abs(sum(b[4] for b in bets) - profit) > 0.005:
            sys.exit(f"fold {number}: the bets asked of sports-betting are not those that it counted")
        own = [b for b in ours if b[0] in test]
        decided = [sorted(b for b in cents(side) if b[0] not in tied) for side in (own, bets)]
        if decided[0] != decided[1]:
            differ = sorted(set(decided[0]) ^ set(decided[1]))[:4]
            sys.exit(f"fold {number}: bets differ where no two outcomes are worth as much: {differ}")
        level = [sorted(b for b in side if b[0] in tied) for side in (own, bets)]
        if [b[0] for b in level[0]] != [b[0] for b in level[1]]:
            sys.exit(f"fold {number}: bets on other matches where two outcomes are worth as much")
        name = f"sports-betting, fold {number}"
        print(f"{name}: bets that are the same to the cent\t{len(decided[0])}\t{len(decided[1])}\t1")
        print(f"{name}: their profit\t{sum(b[4] for b in decided[0]) / 100:.2f}\t{sum(b[4] for b in decided[1]) / 100:.2f}\t1")
        other = sum(a[1] != b[1] for a, b in zip(*level))
        print(f"{name}: ties, and those with another outcome\t{len(level[0])}\t{other}\t")
        print(f"{name}: profit of ties\t{sum(b[4] for b in level[0]):.2f}\t{sum(b[4] for b in level[1]):.2f}\t")
    # Ours bets on all matches, the peer on those of its folds, three quarters of them.
    print(f"sports-betting: seconds\t{once:.4f}\t{seconds:.4f}\t{seconds / once:.1f}")
    # The peer starts anew for each variant.
    print(f"sports-betting: seconds of 100 variants\t{hundred:.3f}\t{100 * seconds:.3f}\t{100 * seconds / hundred:.1f}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["extract", folder, target]:
            extract(folder, target)
        case ["compare", path, ours, once, hundred]:
            compare(path, ours, once, hundred)
        case _:
            sys.exit(__doc__)
