"""How long it takes to follow a document forward: to its matches, and to the forecasts that it may have touched.

    python3 bench/quality/lineage.py TOUCHLINE DATA_FOLDER DOCUMENT [DOCUMENT ...]

TOUCHLINE is the program, DATA_FOLDER holds a SQLite store with imported matches. The store is copied; into the copy go invented
forecasts of every tenth match (outside the ledger), each sealed two days before it. Every document is asked for
seven times by a command of its own; the median is printed, which includes the start of the program, with what was found.
"""

import json
import os
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time

program, data, documents = sys.argv[1], sys.argv[2], sys.argv[3:]
folder = tempfile.mkdtemp()
shutil.copy(os.path.join(data, "touchline.db"), os.path.join(folder, "touchline.db"))
store = sqlite3.connect(os.path.join(folder, "touchline.db"))
matches = store.execute("SELECT count(*) FROM matches").fetchone()[0]
# As if the documents had come when their first match was played.
for trigger in ("tr_raw_documents_never_rewritten", "tr_predictions_chained"):
    store.execute(f"DROP TRIGGER IF EXISTS {trigger}")
store.execute(
    """UPDATE raw_documents SET collected_at = coalesce((SELECT min(m.match_time) FROM match_origins o
        JOIN matches m ON m.id = o.match_id WHERE o.document_id = raw_documents.id), collected_at)"""
)
store.execute(
    """INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, draw_probability,
        away_win_probability, predicted_result, expected_home_goals, expected_away_goals, as_of, sealed_at)
    SELECT id, 'm', '1', 0.5, 0.25, 0.25, 'home_win', 1.5, 1, match_time - 172800, match_time - 172800
    FROM matches WHERE id % 10 = 0"""
)
forecasts = store.execute("SELECT count(*) FROM predictions").fetchone()[0]
store.commit()
store.close()

print(f"{matches} matches, {forecasts} forecasts")
for document in documents:
    times = []
    for _ in range(7):
        start = time.perf_counter()
        out = subprocess.run(
            [program, "lineage", "document", document, "--json", "--data-dir", folder], capture_output=True, check=True
        ).stdout
        times.append(time.perf_counter() - start)
    found = json.loads(out)
    print(
        f"document {document} ({found['name']}): {1000 * statistics.median(times):.0f} ms; {len(found['matches'])} matches, "
        f"{len(found['forecasts'])} forecasts listed, cut: {found['is_cut']}"
    )
shutil.rmtree(folder)
