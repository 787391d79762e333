"""Prints the first sentence of `text`, and its number of words."""
import json
import re
import sys

text = json.load(sys.stdin)["text"]
summary = re.split(r"(?<=[.!?])\s", text.strip(), maxsplit=1)[0]
print(json.dumps({"summary": summary, "words": len(text.split())}))
