#!/bin/sh
# Alarms of the check on ten clean seasons, with both profiles. Wants the files of football-data.co.uk:
#     sh bench/quality/run.sh FOLDER
# FOLDER holds 2122/E0.csv and so on; without one it is football-data below TOUCHLINE_SHARED_DATA.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
folder=${1:-${TOUCHLINE_SHARED_DATA:-}/football-data}
if [ ! -d "$folder" ]; then
    echo "no folder $folder: give the one that holds 2122/E0.csv and so on"
    exit 0
fi
cd "$root"
for profile in default original; do
    cargo run --locked -p touchline-intake --example quality_replay -- "$folder" 2012 2021 "$profile"
done
