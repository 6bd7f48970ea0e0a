#!/bin/sh
# Ten features of every match of the Soccer Prediction Challenge data, by our pass and by pandas, from the same matches in
# memory, in one run on this machine; both have all cores. Ours computes all its features, of which these are ten.
# Prints measure<TAB>ours<TAB>peer<TAB>ratio, and fails where a value differs. Needs cargo, python3 with venv, and the data
# in $TOUCHLINE_SHARED_DATA or ../shared/data next to the checkout.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
data=${TOUCHLINE_SHARED_DATA:-$root/../shared/data}/soccer-prediction-challenge-2023/train.csv.gz
if [ ! -f "$data" ]; then
    echo "skipped: $data is absent; set TOUCHLINE_SHARED_DATA to a folder that holds it" >&2
    exit 0
fi
work=${TOUCHLINE_PEER_DIR:-${TMPDIR:-/tmp}/touchline-pandas}
mkdir -p "$work"
if [ ! -x "$work/venv/bin/python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet 'pandas>=2,<4'
fi
(cd "$root" && cargo bench --quiet -p touchline-features --bench pandas -- "$work")
"$work/venv/bin/python" "$root/bench/pandas_features/peer.py" "$work"
