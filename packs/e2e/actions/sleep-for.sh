#!/bin/sh
# Sleeps `ms` milliseconds. Parameters: dotenv on stdin (key, ledger, ms).
set -eu
. ./lib/fixture.sh
pause_ms "$p_ms"
entry end
