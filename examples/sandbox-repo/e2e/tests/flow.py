"""One workflow from its definition to the row of its log: five steps, each passed or failed."""

import json
import os
import sqlite3
import sys
import time
import urllib.request

API = f"http://127.0.0.1:{os.environ['API_PORT']}"
SECONDS = 10


def request(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    with urllib.request.urlopen(urllib.request.Request(API + path, data, method=method), timeout=5) as answer:
        return json.load(answer)


def step(number, title, passed):
    print(f"{'pass' if passed else 'FAIL'}  {number}  {title}", flush=True)
    if not passed:
        sys.exit(1)


def completed_run(run):
    """The run once it is completed, else as it is after the time for it."""
    deadline = time.monotonic() + SECONDS
    while (state := request("GET", f"/runs/{run}"))["status"] != "completed" and time.monotonic() < deadline:
        time.sleep(0.05)
    return state


step(1, "the API is healthy", request("GET", "/health") == {"status": "ok"})
step(2, "a workflow is stored", request("PUT", "/workflows/shout", {"operation": "upper"}) == {"name": "shout"})
run = request("POST", "/workflows/shout/runs", {"input": "hello"})["id"]
state = completed_run(run)
step(3, "a worker completes its run", state["status"] == "completed")
step(4, "the run has its result", state["result"] == "HELLO")
with sqlite3.connect("flow.db") as database:
    rows = database.execute("select message from run_log where run = ?", (run,)).fetchall()
step(5, "the log of the run is in the database", rows == [("upper returned HELLO",)])
