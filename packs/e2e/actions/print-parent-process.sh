#!/bin/sh
# Prints {"pid": …, "started": …} of its parent process; `started` is in clock ticks since the host's boot. Both are 0
# where the parent is outside the namespace of the process. Parameters: dotenv on stdin (key, ledger).
set -eu
. ./lib/fixture.sh
entry end
started=0
if [ "$PPID" != 0 ]; then
  stat=$(cat "/proc/$PPID/stat")
  set -- ${stat##*) } # from the third field on; the second, a name in parentheses, may contain blanks
  started=${20}
fi
printf '{"pid":%s,"started":%s}\n' "$PPID" "$started"
