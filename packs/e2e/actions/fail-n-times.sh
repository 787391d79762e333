#!/bin/sh
# Exits 1 with `attempt k` on stderr for its first `n` starts under its key; then prints {"attempt": k}.
# Parameters: dotenv on stdin (key, ledger, n).
set -eu
. ./lib/fixture.sh
k=$(grep -c "^$p_key start " "$p_ledger")
if [ "$k" -le "$p_n" ]; then
  echo "attempt $k" >&2
  entry end
  exit 1
fi
printf '{"attempt":%s}\n' "$k"
entry end
