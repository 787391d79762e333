#!/bin/sh
# Registers in the directory `room`, waits until `n` processes are registered (for `limit_ms`, 15 s by default, then exit
# 75), and holds `hold_ms`. Each leaves only after the last one registered, so n ran at the same time.
# Parameters: dotenv on stdin.
set -eu
. ./lib/fixture.sh
mkdir -p "$p_room"
: >"$p_room/$ATTUNE_EXEC_ID"
polls=$((${p_limit_ms:-15000} / 100))
while set -- "$p_room"/* && [ $# -lt "$p_n" ]; do
  if [ $polls = 0 ]; then entry end; echo "$# of $p_n registered" >&2; exit 75; fi
  polls=$((polls - 1))
  sleep 0.1 # seldom: many processes wait here while others still have to start
done
pause_ms "$p_hold_ms"
entry end
printf '{"item":"%s"}\n' "${p_item-}"
