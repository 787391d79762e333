# Writes a beat to the ledger every 100 ms, 300 times: longer than any fixture that starts it runs.
# $1 key, $2 ledger; $3 `with-child` starts a child with the same behaviour.
if [ "${3-}" = with-child ]; then sh ./lib/beat.sh "$1" "$2" & fi
n=0
while [ "$n" -lt 300 ]; do
  n=$((n + 1))
  echo "$1 beat $ATTUNE_EXEC_ID $$ $(($(date +%s%N) / 1000))" >>"$2"
  sleep 0.1
done
