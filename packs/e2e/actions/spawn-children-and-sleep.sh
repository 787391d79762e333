#!/bin/sh
# Starts two children, one of them with its own child; all write a beat with their pid to the ledger every 100 ms.
# Then it sleeps 30 s. Parameters: dotenv on stdin (key, ledger).
set -eu
. ./lib/fixture.sh
sh ./lib/beat.sh "$p_key" "$p_ledger" &
sh ./lib/beat.sh "$p_key" "$p_ledger" with-child &
sleep 30
entry end
