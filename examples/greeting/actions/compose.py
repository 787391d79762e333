"""Prints a greeting of each of `names`."""
import json
import sys

names = json.load(sys.stdin)["names"]
print(json.dumps({"lines": [f"Hello, {name}!" for name in names]}))
