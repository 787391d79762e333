#!/bin/sh
# Holds `hold_ms`, then prints {"params": the document from stdin}. Parameters: one line of compact JSON (key, ledger,
# hold_ms, and any others).
set -eu
IFS= read -r params
p_key=${params#*\"key\":\"} p_key=${p_key%%\"*}
p_ledger=${params#*\"ledger\":\"} p_ledger=${p_ledger%%\"*}
hold_ms=${params##*\"hold_ms\":} hold_ms=${hold_ms%%[,\}]*}
entry() { echo "$p_key $1 $ATTUNE_EXEC_ID $$ $(($(date +%s%N) / 1000))" >>"$p_ledger"; }
entry start
sleep "$((hold_ms / 1000)).$(printf %03d $((hold_ms % 1000)))"
entry end
printf '{"params":%s}\n' "$params"
