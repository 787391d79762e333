"""The worker: runs what the API requested, one run after the other, and logs each."""

import time

import store

OPERATIONS = {"upper": str.upper, "reverse": lambda text: text[::-1]}

database = store.connect()
while True:
    run = database.execute(
        "select run.id, input, operation from run join workflow on name = workflow where status = 'requested' order by id"
    ).fetchone()
    if run is None:
        time.sleep(0.05)
        continue
    result = OPERATIONS[run["operation"]](run["input"])
    database.execute("begin immediate")
    database.execute("update run set status = 'completed', result = ? where id = ?", (result, run["id"]))
    database.execute("insert into run_log values (?, ?)", (run["id"], f"{run['operation']} returned {result}"))
    database.execute("commit")
