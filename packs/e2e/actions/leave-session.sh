#!/bin/sh
# Starts one child in its group and one in a session of its own with a child there, that all beat into the ledger every
# 100 ms with their pids, then sleeps 30 s. Nobody heeds the polite signal. Parameters: dotenv on stdin (key, ledger).
set -eu
trap '' TERM
. ./lib/fixture.sh
sh ./lib/beat.sh "$p_key" "$p_ledger" &
setsid sh ./lib/beat.sh "$p_key" "$p_ledger" with-child &
sleep 30
entry end
