#!/bin/sh
# Ours beside a bare axum handler and beside FastAPI with LightGBM, one after the other under the same load at 64 connections in
# one run on this machine. Prints measure<TAB>ours<TAB>peer<TAB>ratio (requests a second, or MiB), then the 99th percentiles.
#   bench/peers/run.sh PROGRAM DATA_DIR [SECONDS]
# PROGRAM is a touchline binary; DATA_DIR holds touchline.db with a match to come, as `touchline --data-dir DIR demo` leaves it.
# Needs wrk, curl, cargo and python3 with venv. PROFILE=dev measures a development build of the bare handler; BARE names one that
# is built already.
set -eu
if [ $# -lt 2 ]; then
    sed -n '2,8s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
program=$1
data=$2
seconds=${3:-10}
command -v wrk >/dev/null || { echo "wrk is not installed: apt-get install wrk" >&2; exit 1; }
work=${TOUCHLINE_PEER_DIR:-${TMPDIR:-/tmp}/touchline-peers}
mkdir -p "$work"
if [ ! -x "$work/venv/bin/uvicorn" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet fastapi uvicorn uvloop httptools orjson lightgbm numpy
fi
[ -f "$work/model.txt" ] || "$work/venv/bin/python" "$root/bench/peers/service.py" export "$work"
if [ -z "${BARE:-}" ]; then
    (cd "$root" && cargo build --quiet --profile "${PROFILE:-release}" -p touchline-api --example bare)
    target=${CARGO_TARGET_DIR:-$root/target}
    case ${PROFILE:-release} in dev) BARE=$target/debug/examples/bare ;; *) BARE=$target/release/examples/bare ;; esac
fi

running=
stop() {
    for one in $running; do kill "$one" 2>/dev/null || true; done
    for one in $running; do wait "$one" 2>/dev/null || true; done
    running=
}
trap stop EXIT INT TERM

# Waits until a log says where a server is, and prints that.
address() {
    for _ in $(seq 600); do
        base=$(sed -n 's/.*\(http:\/\/[0-9.:]*\).*/\1/p' "$1" | head -n 1)
        [ -n "$base" ] && curl -fsS -o /dev/null "$base$2" 2>/dev/null && { echo "$base"; return; }
        sleep 0.1
    done
    cat "$1" >&2
    exit 1
}

# Requests a second and the 99th percentile of an address over so many connections; a body makes it a POST. Other answers than 2xx
# end the run.
load() {
    threads=2
    [ "$1" -ge 2 ] || threads=1
    : >"$work/request.lua"
    [ -z "${3:-}" ] || printf 'wrk.method = "POST"\nwrk.headers["Content-Type"] = "application/json"\nwrk.body = [[%s]]\n' "$3" >"$work/request.lua"
    wrk -t"$threads" -c"$1" -d"${seconds}s" --latency -s "$work/request.lua" "$2" >"$work/wrk"
    if grep -q 'Non-2xx' "$work/wrk"; then cat "$work/wrk" >&2; exit 1; fi
    awk '/99%/ { p99 = $2 } /Requests\/sec/ { rate = $2 } END { print rate, p99 }' "$work/wrk"
}

# Resident MiB of processes.
memory() {
    for one in "$@"; do awk '/VmRSS/ { print $2 }' "/proc/$one/status"; done | awk '{ sum += $1 } END { printf "%.0f", sum / 1024 }'
}

"$program" --data-dir "$data" serve --port 0 >"$work/ours.log" 2>&1 &
ours_pid=$!
running=$ours_pid
ours=$(address "$work/ours.log" /ready)
# Matches of today may have begun.
tomorrow=$(date -u -d '+1 day' +%Y-%m-%d 2>/dev/null || date -u -v+1d +%Y-%m-%d)
match=$(curl -fsS "$ours/api/v1/matches?status=scheduled&limit=1&from=$tomorrow" | sed -n 's/.*"items":\[{"id":\([0-9]*\).*/\1/p')
[ -n "$match" ] || { echo "no match is to come in $data" >&2; exit 1; }
curl -fsS "$ours/api/v1/predictions/$match" >"$work/body.json"
ours_health=$(load 64 "$ours/health/live")
ours_cached=$(load 64 "$ours/api/v1/predictions/$match")
ours_uncached=$(load 64 "$ours/api/v1/predictions/$match/in-play?minute=0")
# Batches and features by one connection too: then nothing waits but for its own answer.
ids=$(curl -fsS "$ours/api/v1/matches?status=scheduled&limit=100&from=$tomorrow" | grep -o '{"id":[0-9]*,"league"' | sed 's/[^0-9]//g' | paste -sd, -)
batch=$(printf '%s' "$ids" | tr ',' '\n' | grep -c .)
ours_batch=$(load 16 "$ours/api/v1/predictions/batch" "{\"match_ids\":[$ids]}")
ours_batch_alone=$(load 1 "$ours/api/v1/predictions/batch" "{\"match_ids\":[$ids]}")
ours_features_alone=$(load 1 "$ours/api/v1/matches/$match/features")
ours_memory=$(memory "$ours_pid")
stop

"$BARE" "$work/body.json" >"$work/bare.log" 2>&1 &
running=$!
bare=$(address "$work/bare.log" /)
bare_small=$(load 64 "$bare/")
bare_body=$(load 64 "$bare/body")
stop

# Two workers on two cores: threads of LightGBM that wait for each other would cost them most of their speed.
(cd "$root/bench/peers" && OMP_NUM_THREADS=1 PEER_FOLDER=$work exec "$work/venv/bin/uvicorn" service:app --workers 2 --port 0 --no-access-log \
    >"$work/peer.log" 2>&1) &
peer_pid=$!
running=$peer_pid
peer=$(address "$work/peer.log" /health)
peer_health=$(load 64 "$peer/health")
peer_cached=$(load 64 "$peer/predictions/1")
peer_uncached=$(load 64 "$peer/uncached/1")
peer_batch=$(load 16 "$peer/batch?n=$batch")
peer_batch_alone=$(load 1 "$peer/batch?n=$batch")
children=$(pgrep -P "$peer_pid" || true)
peer_memory=$(memory "$peer_pid" $children)
stop

row() {
    echo "$2 $3" | awk -v what="$1" '{ printf "%s\t%.0f\t%.0f\t%.2f\n", what, $1, $3, $1 / $3 }'
}
printf 'measure\tours\tpeer\tratio\n'
row '/health/live, bare axum of 12 bytes' "$ours_health" "$bare_small"
row 'kept forecast, bare axum of the same bytes' "$ours_cached" "$bare_body"
row '/health/live, FastAPI' "$ours_health" "$peer_health"
row 'kept forecast, FastAPI' "$ours_cached" "$peer_cached"
row 'computed in play, FastAPI with LightGBM uncached' "$ours_uncached" "$peer_uncached"
row "batch of $batch, FastAPI with LightGBM uncached" "$ours_batch" "$peer_batch"
row 'memory in MiB, FastAPI' "$ours_memory -" "$peer_memory -"
printf '99th percentile: /health/live %s, kept forecast %s, bare %s and %s, FastAPI kept %s\n' \
    "${ours_health#* }" "${ours_cached#* }" "${bare_small#* }" "${bare_body#* }" "${peer_cached#* }"
printf '99th percentile of one connection: batch of %s %s, features %s, FastAPI batch %s\n' \
    "$batch" "${ours_batch_alone#* }" "${ours_features_alone#* }" "${peer_batch_alone#* }"
