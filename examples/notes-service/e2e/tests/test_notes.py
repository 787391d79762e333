"""Notes from the request to the row."""

import json
import os
import urllib.error
import urllib.request

import psycopg
import pytest

API = f"http://127.0.0.1:{os.environ['API_PORT']}"
DATABASE = f"postgresql://notes@127.0.0.1:{os.environ['DATABASE_PORT']}/postgres"


def request(method, path, body=None):
    data = None if body is None else json.dumps(body).encode()
    try:
        with urllib.request.urlopen(urllib.request.Request(API + path, data, method=method), timeout=10) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def rows(query, *values):
    with psycopg.connect(DATABASE) as database:
        return database.execute(query, values).fetchall()


def test_a_note_is_stored_and_read():
    status, note = request("POST", "/notes", {"text": "größer als 'x'; --"})
    assert status == 201
    assert request("GET", f"/notes/{note['id']}") == (200, note)
    assert rows("select text from note where id = %s", note["id"]) == [("größer als 'x'; --",)]


def test_an_unknown_note_is_404():
    assert request("GET", "/notes/999999")[0] == 404


@pytest.mark.parametrize("body", [{}, {"text": "  "}, {"text": 7}])
def test_a_note_without_text_is_rejected_and_not_stored(body):
    before = rows("select count(*) from note")
    assert request("POST", "/notes", body)[0] == 422
    assert rows("select count(*) from note") == before
