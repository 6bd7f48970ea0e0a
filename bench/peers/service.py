"""What a Python user would run: FastAPI under uvicorn, LightGBM, orjson, answers kept in memory.

    service.py export FOLDER           trains a model of the size of ours, and makes rows to ask it of
    uvicorn service:app --workers 2    serves them (PEER_FOLDER names the folder)

Routes: /health, /predictions/{id} (kept after the first answer), /uncached/{id} and /batch?n=100 (computed each time). The
answer of a forecast is the same JSON as ours: outcome, markets and the score grid of 16 x 16.
"""

import os
import sys
from pathlib import Path

FOLDER = Path(os.environ.get("PEER_FOLDER", "."))
COLUMNS = 160


def export(folder: Path) -> None:
    """A model of the size of ours: 300 iterations of 3 classes, 12 leaves, 160 features; and 1,000 rows to ask it of."""
    import lightgbm as lgb
    import numpy as np

    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(2026)
    rows = rng.normal(size=(20_000, COLUMNS))
    rows[rng.random(rows.shape) < 0.1] = np.nan
    strength = np.nan_to_num(rows[:, :8]).sum(axis=1) / 3 + rng.normal(size=len(rows))
    labels = np.digitize(strength, [-0.4, 0.4])
    data = lgb.Dataset(rows, labels)
    settings = {"objective": "multiclass", "num_class": 3, "num_leaves": 12, "verbose": -1, "seed": 1}
    lgb.train(settings, data, 300).save_model(folder / "model.txt")
    np.save(folder / "rows.npy", rows[:1_000])


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] != "export":
        sys.exit(__doc__)
    export(Path(sys.argv[2]))
    sys.exit()

import lightgbm as lgb
import numpy as np
import orjson
from fastapi import FastAPI, Response

app = FastAPI()
model = lgb.Booster(model_file=FOLDER / "model.txt", params={"num_threads": 1})
rows = np.load(FOLDER / "rows.npy")
cache: dict[int, bytes] = {}
GOALS = np.arange(16)
FACTORIALS = np.cumprod(np.maximum(GOALS, 1)).astype(float)


def json(value: object) -> Response:
    return Response(orjson.dumps(value), media_type="application/json")


def forecast(index: int, chances: np.ndarray) -> dict[str, object]:
    home, draw, away = (float(chance) for chance in chances)
    means = 1.35 + home - away, 1.35 + away - home
    sides = [np.exp(-mean) * mean**GOALS / FACTORIALS for mean in means]
    grid = np.outer(*sides)
    grid /= grid.sum()
    total = np.add.outer(GOALS, GOALS)
    lines = [x + 0.5 for x in range(6)]
    over = {line: float(grid[total > line].sum()) for line in lines}
    best = np.argsort(grid, axis=None)[::-1][:10]
    outcome = ["home_win", "draw", "away_win"][int(np.argmax(chances))]
    yes = float(grid[1:, 1:].sum())
    return {
        "match_id": index,
        "prediction": outcome,
        "predicted_outcome": outcome,
        "home_win_prob": home,
        "draw_prob": draw,
        "away_win_prob": away,
        "expected_goals": {"home": means[0], "away": means[1]},
        "markets": {
            "over_under": [{"line": line, "over": p, "under": 1 - p} for line, p in over.items()],
            "both_teams_to_score": {"yes": yes, "no": 1 - yes},
            "correct_scores": [
                {"home": int(b) // 16, "away": int(b) % 16, "probability": float(grid.flat[b])} for b in best
            ],
        },
        "score_grid": {"max_goals": 15, "probabilities": grid.tolist()},
        "confidence": max(home, draw, away),
        "success": True,
    }


def compute(index: int) -> dict[str, object]:
    row = index % len(rows)
    return forecast(index, model.predict(rows[row : row + 1])[0])


@app.get("/health")
async def health() -> Response:
    return json({"status": "ok"})


@app.get("/predictions/{index}")
async def kept(index: int) -> Response:
    if index not in cache:
        cache[index] = orjson.dumps({"success": True, "data": compute(index)})
    return Response(cache[index], media_type="application/json")


@app.get("/uncached/{index}")
async def uncached(index: int) -> Response:
    return json({"success": True, "data": compute(index)})


@app.get("/batch")
async def batch(n: int = 100) -> Response:
    chances = model.predict(rows[:n])
    return json({"success": True, "data": [forecast(index, row) for index, row in enumerate(chances)]})
