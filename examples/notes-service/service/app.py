"""Stores notes in PostgreSQL. POST /notes {"text": TEXT}; GET /notes/ID; GET /health."""

import json
import os
import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import psycopg

SCHEMA = "create table if not exists note (id bigint generated always as identity primary key, text text not null)"


def connect():
    return psycopg.connect(os.environ["DATABASE_URL"])


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/health":
            with connect() as database:
                database.execute("select 1")
            return self.answer(200, {"status": "ok"})
        if note := re.fullmatch(r"/notes/(\d{1,18})", self.path):
            with connect() as database:
                row = database.execute("select id, text from note where id = %s", (note[1],)).fetchone()
            if row:
                return self.answer(200, {"id": row[0], "text": row[1]})
        return self.answer(404, {"error": f"there is no {self.path}"})

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        text = body.get("text")
        if self.path != "/notes" or not isinstance(text, str) or not text.strip():
            return self.answer(422, {"error": "text must be a text that is not empty"})
        with connect() as database:
            row = database.execute("insert into note (text) values (%s) returning id", (text,)).fetchone()
        return self.answer(201, {"id": row[0], "text": text})

    def answer(self, status, value):
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(json.dumps(value).encode())


with connect() as database:
    database.execute(SCHEMA)
ThreadingHTTPServer(("127.0.0.1", int(os.environ["API_PORT"])), Handler).serve_forever()
