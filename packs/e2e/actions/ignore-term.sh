#!/bin/sh
# Starts two children, one of them with a child of its own, that all beat into the ledger every 100 ms with their pids,
# then sleeps 30 s. Neither it nor they heed the polite signal. Parameters: dotenv on stdin (key, ledger).
set -eu
trap '' TERM
. ./lib/fixture.sh
sh ./lib/beat.sh "$p_key" "$p_ledger" &
sh ./lib/beat.sh "$p_key" "$p_ledger" with-child &
sleep 30
entry end
