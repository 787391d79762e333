#!/bin/sh
# Prints {"params": the document from stdin, "attempt": k}, where k counts the starts under its key, writes the entry
# `beat`, and exits with the k-th entry of `exits` (the last one from then on): a code, or `never`, which sleeps. Before
# that it waits until `n` processes have started under keys that begin with `group`, holds `hold_ms`, and for an entry
# `gate<code>` waits for the file `gate`. Who sleeps or waits for the gate does so as long as the ledger is there: a slow
# host changes nothing. Parameters: one line of compact JSON (key, ledger, exits, and any others).
set -eu
IFS= read -r params
member() {
  case $params in
    *"\"$1\":"*) value=${params#*"\"$1\":"} value=${value#\"} value=${value%%[\",\}]*} ;;
    *) value= ;;
  esac
}
member key; key=$value
member ledger; ledger=$value
entry() { echo "$key $1 $ATTUNE_EXEC_ID $$ $(($(date +%s%N) / 1000))" >>"$ledger"; }
entry start
k=$(grep -c "^$key start " "$ledger")
printf '{"params":%s,"attempt":%s}\n' "$params" "$k"
entry beat

member n; n=${value:-0}
member group; group=$value
polls=600
while [ "$n" -gt 1 ] && [ "$(grep -c "^$group[^ ]* start " "$ledger")" -lt "$n" ]; do
  if [ $polls = 0 ]; then entry end; exit 75; fi
  polls=$((polls - 1))
  sleep 0.1
done
member hold_ms
if [ -n "$value" ]; then sleep "$((value / 1000)).$(printf %03d $((value % 1000)))"; fi

member gate; gate=$value
member exits
set -- $value
if [ $# -ge "$k" ]; then shift $((k - 1)); else shift $(($# - 1)); fi
case $1 in
  never) while [ -e "$ledger" ]; do sleep 5; done ;;
  gate*) until [ -e "$gate" ] || [ ! -e "$ledger" ]; do sleep 0.2; done ;;
esac
entry end
exit "${1#gate}"
