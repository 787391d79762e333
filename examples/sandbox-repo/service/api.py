"""The API: stores workflows and requests their runs.

PUT /workflows/NAME {"operation": "upper" or "reverse"}; POST /workflows/NAME/runs {"input": text};
GET /runs/ID; GET /health.
"""

import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import store


def health(_database, _body):
    return 200, {"status": "ok"}


def put_workflow(database, body, name):
    database.execute("insert or replace into workflow values (?, ?)", (name, body["operation"]))
    return 200, {"name": name}


def start_run(database, body, name):
    if database.execute("select 1 from workflow where name = ?", (name,)).fetchone() is None:
        return 404, {"error": f"there is no workflow {name}"}
    run = database.execute("insert into run (workflow, input) values (?, ?)", (name, body["input"]))
    return 201, {"id": run.lastrowid}


def get_run(database, _body, run):
    row = database.execute("select id, status, result from run where id = ?", (run,)).fetchone()
    return (200, dict(row)) if row else (404, {"error": f"there is no run {run}"})


ROUTES = [
    ("GET", r"/health", health),
    ("PUT", r"/workflows/([a-z-]+)", put_workflow),
    ("POST", r"/workflows/([a-z-]+)/runs", start_run),
    ("GET", r"/runs/(\d+)", get_run),
]


class Handler(BaseHTTPRequestHandler):
    def answer(self):
        length = int(self.headers.get("Content-Length", 0))
        body = json.loads(self.rfile.read(length) or b"{}")
        status, value = 404, {"error": "there is no such route"}
        for method, path, handle in ROUTES:
            match = re.fullmatch(path, self.path)
            if method == self.command and match:
                database = store.connect()
                status, value = handle(database, body, *match.groups())
                database.close()
        self.send_response(status)
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())

    do_GET = do_PUT = do_POST = answer


ThreadingHTTPServer(("127.0.0.1", int(os.environ["API_PORT"])), Handler).serve_forever()
