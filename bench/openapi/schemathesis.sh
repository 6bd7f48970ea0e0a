#!/bin/sh
# Requests that the OpenAPI document of a real server allows, and such that it does not: no server error, and no answer that is not
# documented. Runs schemathesis with every check against a demo of its own, as an administrator.
#   bench/openapi/schemathesis.sh PROGRAM [EXAMPLES]
# PROGRAM is a touchline binary; EXAMPLES are requests a route and phase, 100 where none are given. Needs python3 with venv and curl.
set -eu
if [ $# -lt 1 ]; then
    sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
    exit 2
fi
program=$1
examples=${2:-100}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
work=${TOUCHLINE_PEER_DIR:-${TMPDIR:-/tmp}/touchline-openapi}
mkdir -p "$work"
if [ ! -x "$work/venv/bin/schemathesis" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet 'schemathesis==4.*'
fi
scratch=$(mktemp -d)
server=
stop() {
    [ -z "$server" ] || kill "$server" 2>/dev/null || true
    rm -rf "$scratch"
}
trap stop EXIT
trap 'exit 130' INT TERM

SCORES_WEBHOOK_SECRET=$(head -c 32 /dev/urandom | base64) TOUCHLINE__AUTH__REQUESTS_PER_MINUTE=0 "$program" demo --port 0 --data-dir "$scratch/data" \
    >"$scratch/out.log" 2>"$scratch/err.log" </dev/null &
server=$!
for _ in $(seq 300); do
    url=$(sed -n 's/.*ready at \(http[^ ]*\).*/\1/p' "$scratch/out.log" | head -n 1)
    [ -n "$url" ] && break
    kill -0 "$server" 2>/dev/null || { cat "$scratch/err.log" >&2; exit 1; }
    sleep 1
done
echo 'correct horse battery' | "$program" users add schema --role admin --data-dir "$scratch/data" >/dev/null
key=$("$program" keys create schema --user schema --scope read --scope seal --scope promote --scope import --scope operate \
    --scope review_data --scope manage_accounts --scope read_audit --json --data-dir "$scratch/data" | sed -n 's/.*"key": *"\([^"]*\)".*/\1/p')
# Streams of events do not end, and logging in is slow on purpose. Whoever revokes his key, logs out or changes his role asks nothing
# more afterwards.
cd "$scratch" # What it keeps of its runs goes with the demo.
"$work/venv/bin/schemathesis" --config-file "$root/bench/openapi/schemathesis.toml" run "$url/openapi.json" --header "X-API-Key: $key" \
    --max-examples "$examples" --workers 2 --phases examples,coverage,fuzzing --request-timeout 20 --continue-on-failure --no-color \
    --exclude-path /live/events --exclude-path /ws/live --exclude-path /api/v1/auth/login --exclude-path /api/v1/auth/register \
    --exclude-path /api/v1/auth/logout --exclude-path '/api/v1/admin/keys/{id}' --exclude-path '/api/v1/admin/users/{name}'
