#!/bin/sh
# Appends to the ledger and prints {"key": …}. Parameters: dotenv on stdin (key, ledger).
set -eu
. ./lib/fixture.sh
entry end
printf '{"key":"%s"}\n' "$p_key"
