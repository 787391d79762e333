"""The database of the workflows: one SQLite file that the API and the worker share."""

import os
import sqlite3

SCHEMA = """
create table if not exists workflow (name text primary key, operation text not null);
create table if not exists run (
  id integer primary key, workflow text not null references workflow, input text not null,
  status text not null default 'requested', result text
);
create table if not exists run_log (run integer not null references run, message text not null);
"""


def connect():
    """Opens the database and creates its tables where they do not exist."""
    connection = sqlite3.connect(os.environ["DATABASE"], timeout=10, isolation_level=None)
    connection.execute("pragma journal_mode = wal")
    connection.executescript(SCHEMA)
    connection.row_factory = sqlite3.Row
    return connection
