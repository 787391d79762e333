#!/bin/sh
# Saves the document from stdin in a file beside the ledger: <ledger>.<key>.
set -eu
IFS= read -r params
p_key=${params#*\"key\":\"} p_key=${p_key%%\"*}
p_ledger=${params#*\"ledger\":\"} p_ledger=${p_ledger%%\"*}
printf '%s\n' "$params" >"$p_ledger.$p_key"
