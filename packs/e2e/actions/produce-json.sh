#!/bin/sh
# Prints the document it was given. Parameters: one line of compact JSON (document last but for key and ledger).
set -eu
IFS= read -r params
p_key=${params##*\"key\":\"} p_key=${p_key%%\"*}
p_ledger=${params##*\"ledger\":\"} p_ledger=${p_ledger%%\"*}
entry() { echo "$p_key $1 $ATTUNE_EXEC_ID $$ $(($(date +%s%N) / 1000))" >>"$p_ledger"; }
entry start
document=${params#*\"document\":} document=${document%%,\"key\":*}
entry end
printf '%s\n' "$document"
