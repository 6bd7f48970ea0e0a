#!/bin/sh
# The import of the Soccer Prediction Challenge (299,214 matches) by the release build into a PostgreSQL server that this
# starts and removes, and into SQLite; both must then have the same content hash. Prints what<TAB>time<TAB>load. Needs cargo,
# PostgreSQL's programs, and the data in $TOUCHLINE_SHARED_DATA or ../shared/data next to the checkout.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
data=${TOUCHLINE_SHARED_DATA:-$root/../shared/data}/soccer-prediction-challenge-2023/train.csv.gz
if [ ! -f "$data" ]; then
    echo "skipped: $data is absent; set TOUCHLINE_SHARED_DATA to a folder that holds it" >&2
    exit 0
fi
cd "$root"
cargo build --quiet --release -p touchline
program=${CARGO_TARGET_DIR:-$root/target}/release/touchline
cargo bench --quiet -p touchline-store-postgres --bench scale -- --import "$program" "$data"
