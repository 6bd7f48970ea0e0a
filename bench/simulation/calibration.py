#!/usr/bin/env python3
"""Are the chances that `touchline simulate` states at mid-season the shares with which they come true?

Reads football-data.co.uk files into a new data folder, simulates each season of each league as of 1 January and as of after
its end, and prints a reliability table, Brier scores beside those of the table at mid-season, with standard errors over
seasons, with and without uncertain strengths.

    bench/simulation/calibration.py PROGRAM FOOTBALL_DATA_FOLDER
"""
import json, math, subprocess, sys, tempfile
from pathlib import Path

LEAGUES = ["E0", "D1", "I1", "SP1", "F1"]
SEASONS = list(range(2017, 2022))
PLACES = ["title", "champions_league", "relegation"]
BINS = [0, 0.02, 0.1, 0.25, 0.5, 0.75, 0.9, 0.98, 1.0001]


def label(start):
    return f"{start}-{(start + 1) % 100:02d}"


def main(program, data):
    folder = tempfile.mkdtemp(prefix="touchline-simulation-")

    def run(*arguments):
        command = [program, "--data-dir", folder, "--json", *arguments]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode not in (0, 3):
            sys.exit(f"{' '.join(command)}: {done.stderr}")
        return done.stdout

    files = []
    for start in range(SEASONS[0] - 6, SEASONS[-1] + 1):
        for league in LEAGUES:
            for tier in (league, league.replace("0", "1").replace("D1", "D2").replace("I1", "I2").replace("SP1", "SP2").replace("F1", "F2")):
                path = Path(data) / f"{start % 100:02d}{(start + 1) % 100:02d}" / f"{tier}.csv"
                if path.exists() and str(path) not in files:
                    files.append(str(path))
    run("ingest", "football-data", *files)
    rows = {"100": [], "0": []}
    for league in LEAGUES:
        for start in SEASONS:
            if (league, start) == ("F1", 2019):
                continue  # broken off in March
            common = ["simulate", "--league", league, "--season", label(start)]
            end = json.loads(run(*common, "--as-of", f"{start + 1}-09-01", "--runs", "100", "--draws", "0"))
            assert end["to_come"] == 0, (league, start)
            final = {t["team"]: t["places"] for t in end["teams"]}
            names = [p["name"] for p in end["places"]]
            for draws in rows:
                middle = json.loads(run(*common, "--as-of", f"{start + 1}-01-01", "--draws", draws))
                order = sorted(middle["teams"], key=lambda t: -t["points"] / max(t["played"], 1))
                for place in PLACES:
                    at = names.index(place)
                    size = round(sum(t["places"][at] for t in middle["teams"]))
                    now = order[-size:] if place == "relegation" else order[:size]
                    for team in middle["teams"]:
                        stated, happened = team["places"][at], final[team["team"]][at]
                        held = float(team in now)
                        rows[draws].append((f"{league} {start}", place, stated, happened, held))
    for draws, all_rows in rows.items():
        print(f"\ndraws {draws}: {len(all_rows)} chances, {len({r[0] for r in all_rows})} seasons")
        print("stated\tmean stated\tcame true\tstandard error\tchances")
        for low, high in zip(BINS, BINS[1:]):
            inside = [r for r in all_rows if low <= r[2] < high]
            if inside:
                stated = sum(r[2] for r in inside) / len(inside)
                happened = sum(r[3] for r in inside) / len(inside)
                error = math.sqrt(sum(r[2] * (1 - r[2]) for r in inside)) / len(inside)
                print(f"{low:.2f}-{min(high, 1):.2f}\t{stated:.4f}\t{happened:.4f}\t{error:.4f}\t{len(inside)}")
        for place in PLACES:
            of = [r for r in all_rows if r[1] == place]
            brier = sum((r[2] - r[3]) ** 2 for r in of) / len(of)
            table = sum((r[4] - r[3]) ** 2 for r in of) / len(of)
            log = -sum(math.log(max(r[2] if r[3] > 0.5 else 1 - r[2], 1e-4)) for r in of) / len(of)
            print(f"{place}\tBrier {brier:.4f}\tlog loss {log:.4f}\tthe table at mid-season: Brier {table:.4f}\t{len(of)}")


main(*sys.argv[1:3])
