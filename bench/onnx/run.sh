#!/bin/sh
# Native inference beside ONNX Runtime on the same model of 300 iterations, three classes, 12 leaves and 160 features, and the same
# million rows, one after the other in one run. Prints measure<TAB>ours<TAB>peer<TAB>ratio.
#   bench/onnx/run.sh
# Needs cargo and python3 with venv. INFER names a built example, else it is built.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/../.." && pwd)
work=${TOUCHLINE_ONNX_DIR:-${TMPDIR:-/tmp}/touchline-onnx}
mkdir -p "$work"
if [ ! -x "$work/venv/bin/python" ]; then
    python3 -m venv "$work/venv"
    "$work/venv/bin/pip" install --quiet lightgbm numpy onnxruntime onnxmltools
fi
[ -f "$work/rows.f32" ] || "$work/venv/bin/python" "$root/bench/onnx/onnx_runtime.py" export "$work"
if [ -z "${INFER:-}" ]; then
    (cd "$root" && cargo build --quiet --release -p touchline-boosting --example infer)
    INFER=${CARGO_TARGET_DIR:-$root/target}/release/examples/infer
fi
ours=$("$INFER" "$work/model.txt" "$work/rows.f32" 160 2>"$work/ours.txt")
peer=$("$work/venv/bin/python" "$root/bench/onnx/onnx_runtime.py" time "$work" "$work/ours.txt")
echo "$ours $peer" | awk 'BEGIN { OFS = "\t"; print "measure", "ours", "peer", "ratio" }
    {
        printf "one row, us\t%s\t%s\t%.1f\n", $1, $5, $5 / $1
        printf "%s rows on one thread, s\t%s\t%s\t%.1f\n", $4, $2, $6, $6 / $2
        printf "%s rows on two threads, s\t%s\t%s\t%.1f\n", $4, $3, $7, $7 / $3
        printf "largest difference of 1,000 rows: %s\n", $8
    }'
