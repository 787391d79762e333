#!/bin/sh
# Prints {"params": the document from stdin, "began": …, "ended": …, "pid": …}; times in microseconds since the epoch.
# Parameters: one line of compact JSON (key, ledger, and anything else).
set -eu
IFS= read -r params
p_key=${params#*\"key\":\"} p_key=${p_key%%\"*}
p_ledger=${params#*\"ledger\":\"} p_ledger=${p_ledger%%\"*}
now_us() { echo $(($(date +%s%N) / 1000)); }
began=$(now_us)
echo "$p_key start $ATTUNE_EXEC_ID $$ $began" >>"$p_ledger"
ended=$(now_us)
echo "$p_key end $ATTUNE_EXEC_ID $$ $ended" >>"$p_ledger"
printf '{"params":%s,"began":%s,"ended":%s,"pid":%s}\n' "$params" "$began" "$ended" "$$"
