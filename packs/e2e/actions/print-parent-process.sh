#!/bin/sh
# Prints {"pid": …, "started": …} of its parent process; `started` is in clock ticks since the host's boot.
# Parameters: dotenv on stdin (key, ledger).
set -eu
. ./lib/fixture.sh
entry end
stat=$(cat "/proc/$PPID/stat")
set -- ${stat##*) } # from the third field on; the second, a name in parentheses, may contain blanks
printf '{"pid":%s,"started":%s}\n' "$PPID" "${20}"
