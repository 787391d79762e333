#!/bin/sh
# Starts one child in its process group, and one in its own session with another child; all write a beat with their pid
# to the ledger every 100 ms. Then it sleeps 30 s. All ignore SIGTERM. Parameters: dotenv on stdin (key, ledger).
set -eu
trap '' TERM
. ./lib/fixture.sh
sh ./lib/beat.sh "$p_key" "$p_ledger" &
setsid sh ./lib/beat.sh "$p_key" "$p_ledger" with-child &
sleep 30
entry end
