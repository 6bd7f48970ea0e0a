"""The peer of infer.rs: the same model and rows through ONNX Runtime and through LightGBM's own library.

    onnx_runtime.py export FOLDER          trains the model, writes model.txt, model.onnx and a million rows
    onnx_runtime.py time FOLDER OURS.txt   checks our probabilities of the first 1,000 rows, and prints the middle times
"""

import statistics
import sys
import time
from pathlib import Path

import numpy as np

COLUMNS = 160
ROWS = 1_000_000


def export(folder: Path) -> None:
    import lightgbm as lgb
    from onnxmltools.convert import convert_lightgbm
    from onnxmltools.convert.common.data_types import FloatTensorType

    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(2026)
    rows = rng.normal(size=(ROWS, COLUMNS)).astype(np.float32)
    rows[rng.random(rows.shape, dtype=np.float32) < 0.1] = np.nan
    part = rows[:20_000]
    strength = np.nan_to_num(part[:, :8]).sum(axis=1) / 3 + rng.normal(size=len(part))
    labels = np.digitize(strength, [-0.4, 0.4])
    settings = {"objective": "multiclass", "num_class": 3, "num_leaves": 12, "verbose": -1, "seed": 1}
    model = lgb.train(settings, lgb.Dataset(part, labels), 300)
    model.save_model(folder / "model.txt")
    onnx = convert_lightgbm(model, initial_types=[("x", FloatTensorType([None, COLUMNS]))], zipmap=False)
    (folder / "model.onnx").write_bytes(onnx.SerializeToString())
    rows.tofile(folder / "rows.f32")


def middle(times: int, work) -> float:
    taken = []
    for _ in range(times):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return statistics.median(taken)


def measure(folder: Path, ours: Path) -> None:
    import onnxruntime

    rows = np.fromfile(folder / "rows.f32", dtype=np.float32).reshape(-1, COLUMNS)
    names = ["probabilities"]

    def session(threads: int) -> onnxruntime.InferenceSession:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        return onnxruntime.InferenceSession(folder / "model.onnx", options, providers=["CPUExecutionProvider"])

    one, two = session(1), session(2)
    theirs = one.run(names, {"x": rows[:1_000]})[0]
    difference = np.abs(np.loadtxt(ours) - theirs).max()
    # ONNX keeps thresholds and leaves in 32 bits.
    if difference > 1e-4:
        sys.exit(f"the probabilities differ by {difference}")
    each = [rows[at : at + 1] for at in range(5_000)]
    single = middle(5, lambda: [one.run(names, {"x": row}) for row in each]) * 1e6 / len(each)

    def batch(running: onnxruntime.InferenceSession) -> None:
        for at in range(0, len(rows), 20_000):
            running.run(names, {"x": rows[at : at + 20_000]})

    print(f"{single:.3f} {middle(3, lambda: batch(one)):.4f} {middle(3, lambda: batch(two)):.4f} {difference:.1e}")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["export", folder]:
            export(Path(folder))
        case ["time", folder, ours]:
            measure(Path(folder), Path(ours))
        case _:
            sys.exit(__doc__)
