# Beats into the ledger every 100 ms, for ever. $1 key, $2 ledger, $3 `with-child` starts one more of its kind.
if [ "${3-}" = with-child ]; then sh ./lib/beat.sh "$1" "$2" & fi
while :; do
  echo "$1 beat $ATTUNE_EXEC_ID $$ $(($(date +%s%N) / 1000))" >>"$2"
  sleep 0.1
done
