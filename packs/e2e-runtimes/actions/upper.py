# Waits `seconds`, prints {"text": its text in upper case, "runtime": its runtime}, and exits with `code`. Parameters:
# dotenv on stdin (text, seconds, code); the values contain no quotes.
import json
import sys
import time

given = {name: value.strip("'") for name, value in (line.rstrip("\n").split("=", 1) for line in sys.stdin)}
time.sleep(float(given.get("seconds", 0)))
print(json.dumps({"text": given["text"].upper(), "runtime": "python"}))
sys.exit(int(given.get("code", 0)))
