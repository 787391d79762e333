#!/bin/sh
# Holds `hold_ms`, then prints {"text": text + letter}. Parameters: dotenv on stdin (key, ledger, text, letter, hold_ms).
set -eu
. ./lib/fixture.sh
pause_ms "${p_hold_ms:-0}"
entry end
printf '{"text":"%s"}\n' "$p_text$p_letter"
