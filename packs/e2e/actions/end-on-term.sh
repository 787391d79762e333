#!/bin/sh
# Prints `out`, writes a beat to the ledger, sleeps 30 s, and at SIGTERM exits with 0. Parameters: dotenv on stdin (key,
# ledger, out).
set -eu
. ./lib/fixture.sh
trap 'exit 0' TERM
printf '%s' "$p_out"
entry beat
sleep 30 &
wait
