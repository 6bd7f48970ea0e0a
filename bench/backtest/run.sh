#!/bin/sh
# Our backtest, penaltyblog's and sports-betting's on the same bets, in one run on this machine: the same ledger to the cent where
# the rules agree, and how long each takes. Prints measure<TAB>ours<TAB>peer<TAB>ratio, and fails where a bet of
# penaltyblog differs, or one of sports-betting on a match that has one best outcome.
# Needs cargo, python3 with venv, and files of football-data.co.uk in $TOUCHLINE_SHARED_DATA/football-data or
# ../shared/data/football-data next to the checkout. PROFILE=dev measures a development build.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
data=${TOUCHLINE_SHARED_DATA:-$root/../shared/data}/football-data
if [ ! -d "$data/1819" ]; then
    echo "skipped: no results in $data; set TOUCHLINE_SHARED_DATA to a folder that holds football-data/1819/E0.csv" >&2
    exit 0
fi
work=${TOUCHLINE_PEER_DIR:-${TMPDIR:-/tmp}/touchline-backtest}
mkdir -p "$work"
if [ ! -x "$work/venv/bin/python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet 'penaltyblog==1.13.*' 'sports-betting==0.15.*'
fi
here="$root/bench/backtest"
"$work/venv/bin/python" "$here/peer.py" extract "$data" "$work/matches.csv"
seconds=$(cd "$root" && cargo bench --quiet --profile "${PROFILE:-bench}" -p touchline-learning --bench backtest -- \
    "$work/matches.csv" "$work/ours.csv")
"$work/venv/bin/python" "$here/peer.py" compare "$work/matches.csv" "$work/ours.csv" $seconds 2>/dev/null
