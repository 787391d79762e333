#!/bin/sh
# Registers in the directory `room`, waits until `n` processes are registered (at most `limit_ms`, 8 s by default, then
# exit 75), and holds `hold_ms`. Each leaves only after the last one registered, so n ran at the same time.
# Parameters: dotenv on stdin.
set -eu
. ./lib/fixture.sh
mkdir -p "$p_room"
: >"$p_room/$ATTUNE_EXEC_ID"
limit=$(($(now_us) + ${p_limit_ms:-8000} * 1000))
while set -- "$p_room"/* && [ $# -lt "$p_n" ]; do
  if [ "$(now_us)" -gt "$limit" ]; then entry end; echo "$# of $p_n registered" >&2; exit 75; fi
  sleep 0.02
done
pause_ms "$p_hold_ms"
entry end
printf '{"item":"%s"}\n' "${p_item-}"
