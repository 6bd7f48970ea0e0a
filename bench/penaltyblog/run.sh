#!/bin/sh
# Both libraries on the same 1,140 Premier League matches (2018-19 to 2020-21), in one run on this machine.
# Prints measure<TAB>ours<TAB>peer<TAB>ratio. Needs cargo, python3 with venv, and the results of football-data.co.uk in
# $TOUCHLINE_SHARED_DATA/football-data or ../shared/data/football-data next to the checkout.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
data=${TOUCHLINE_SHARED_DATA:-$root/../shared/data}/football-data
if [ ! -d "$data/1819" ]; then
    echo "skipped: no results in $data; set TOUCHLINE_SHARED_DATA to a folder that holds football-data/1819/E0.csv" >&2
    exit 0
fi
work=${TOUCHLINE_PEER_DIR:-${TMPDIR:-/tmp}/touchline-penaltyblog}
mkdir -p "$work"
if [ ! -x "$work/venv/bin/python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet 'penaltyblog==1.13.*'
fi
here="$root/bench/penaltyblog"
"$work/venv/bin/python" "$here/peer.py" extract "$data" "$work/matches.csv"
(cd "$root" && cargo bench --quiet -p touchline-models --bench peer -- "$work/matches.csv") >"$work/ours.tsv"
"$work/venv/bin/python" "$here/peer.py" measure "$work/matches.csv" 2>/dev/null >"$work/theirs.tsv"
"$work/venv/bin/python" "$here/peer.py" compare "$work/ours.tsv" "$work/theirs.tsv"
