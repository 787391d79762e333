#!/bin/sh
# Prints {"pid": …, "began": …} of the process that started this one: its start in clock ticks since the host's boot.
# Parameters: dotenv on stdin (key, ledger).
set -eu
. ./lib/fixture.sh
entry end
stat=$(cat "/proc/$PPID/stat")
set -- ${stat##*) } # from its third field on: the second, a name in parentheses, may hold blanks
printf '{"pid":%s,"began":%s}\n' "$PPID" "${20}"
