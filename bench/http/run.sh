#!/bin/sh
# Requests a second at 64 connections that a build answers on a data folder: liveness, all leagues, a page of matches and a
# forecast. Prints path<TAB>requests/s<TAB>milliseconds in the middle<TAB>at the 99th percentile.
#   bench/http/run.sh PROGRAM DATA_DIR [SECONDS]
# PROGRAM is a touchline binary; DATA_DIR holds touchline.db, as `touchline --data-dir DIR demo` leaves it. Load comes
# from `wrk` (Debian: apt-get install wrk) or `oha` (cargo install oha), whichever is found first. Both run beside the server
# on the same machine: compare figures of one machine alone.
set -eu
if [ $# -lt 2 ]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
program=$1
data=$2
seconds=${3:-10}
load=$(command -v wrk || command -v oha) || {
    echo "neither wrk nor oha is installed: apt-get install wrk, or cargo install oha" >&2
    exit 1
}
out=$(mktemp -d)
"$program" --data-dir "$data" serve --port 0 >"$out/log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true; wait "$server" 2>/dev/null || true; rm -rf "$out"' EXIT INT TERM
base=
for _ in $(seq 600); do
    base=$(sed -n 's/^touchline is ready at //p' "$out/log")
    [ -n "$base" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$out/log" >&2; exit 1; }
    sleep 0.1
done
[ -n "$base" ] || { echo "the server did not start within a minute" >&2; exit 1; }
# The first forecasts are computed before anything is measured.
for _ in $(seq 600); do
    curl -fsS "$base/ready" >/dev/null 2>&1 && break
    sleep 0.1
done
# Matches whose kick-off lies behind have no current forecast.
# Matches of today may have begun.
tomorrow=$(date -u -d '+1 day' +%Y-%m-%d 2>/dev/null || date -u -v+1d +%Y-%m-%d)
match=$(curl -fsS "$base/api/v1/matches?status=scheduled&limit=1&from=$tomorrow" |
    sed -n 's/.*"items":\[{"id":\([0-9]*\).*/\1/p')

measure() {
    case $load in
    */wrk)
        "$load" -t2 -c64 -d"${seconds}s" --latency "$base$1" |
            awk -v path="$1" '/50%/ { p50 = $2 } /99%/ { p99 = $2 } /Requests\/sec/ { rate = $2 }
                END { printf "%s\t%d\t%s\t%s\n", path, rate, p50, p99 }'
        ;;
    *)
        "$load" --no-tui -c 64 -z "${seconds}s" "$base$1" |
            awk -v path="$1" '/Requests\/sec/ { rate = $2 } /50.00%/ { p50 = $3 $4 } /99.00%/ { p99 = $3 $4 }
                END { printf "%s\t%d\t%s\t%s\n", path, rate, p50, p99 }'
        ;;
    esac
}
measure /health/live
measure /api/v1/leagues
measure '/api/v1/matches?limit=20'
if [ -n "$match" ]; then
    measure "/api/v1/predictions/$match"
else
    echo "no match is to come in $data: no forecast is measured" >&2
fi
