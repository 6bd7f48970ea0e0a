"""How long it takes to follow a document forward: to its matches, and to the forecasts that it may have touched.

    python3 bench/quality/lineage.py TOUCHLINE DATA_FOLDER DOCUMENT [DOCUMENT ...]

TOUCHLINE is the program, DATA_FOLDER holds a SQLite store with imported matches. The store is copied; into the copy go invented
forecasts of every tenth match (outside the ledger), each sealed the hour after the last document came. Every document is asked for
through a server on the copy, eleven times; the median of the last ten is printed with what was found.
"""

import json
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.request

program, data, documents = sys.argv[1], sys.argv[2], sys.argv[3:]
folder = tempfile.mkdtemp()
shutil.copy(os.path.join(data, "touchline.db"), os.path.join(folder, "touchline.db"))
store = sqlite3.connect(os.path.join(folder, "touchline.db"))
matches = store.execute("SELECT count(*) FROM matches").fetchone()[0]
last = store.execute("SELECT max(collected_at) FROM raw_documents").fetchone()[0]
store.execute(
    """INSERT INTO predictions (match_id, model_name, model_version, home_win_probability, draw_probability,
        away_win_probability, predicted_result, expected_home_goals, expected_away_goals, as_of, sealed_at)
    SELECT id, 'm', '1', 0.5, 0.25, 0.25, 'home_win', 1.5, 1, ?1, ?1 FROM matches WHERE id % 10 = 0""",
    (last + 3600,),
)
forecasts = store.execute("SELECT count(*) FROM predictions").fetchone()[0]
store.commit()
store.close()

with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    port = free.getsockname()[1]
server = subprocess.Popen(
    [program, "serve", "--port", str(port), "--data-dir", folder],
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)
try:
    base = f"http://127.0.0.1:{port}"
    for _ in range(600):
        try:
            urllib.request.urlopen(base + "/health/live", timeout=5).read()
            break
        except OSError:
            time.sleep(0.2)
    print(f"{matches} matches, {forecasts} forecasts")
    for document in documents:
        times = []
        for _ in range(11):
            start = time.perf_counter()
            answer = json.load(urllib.request.urlopen(f"{base}/api/v1/lineage/documents/{document}", timeout=60))
            times.append(time.perf_counter() - start)
        found = answer.get("data", answer)
        times = sorted(times[1:])
        print(
            f"document {document} ({found['name']}): {1000 * times[5]:.0f} ms; {len(found['matches'])} matches, "
            f"{len(found['forecasts'])} forecasts listed"
        )
finally:
    server.terminate()
    server.wait()
    shutil.rmtree(folder)
