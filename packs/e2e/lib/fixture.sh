# Sourced first by every action: each parameter (dotenv on stdin) becomes $p_<name>, and the start entry is written to
# the ledger before anything else. The values come from the suite and contain no quotes.
now_us() { echo $(($(date +%s%N) / 1000)); }
entry() { echo "$p_key $1 $ATTUNE_EXEC_ID $$ $(now_us)" >>"$p_ledger"; }
pause_ms() { sleep "$(($1 / 1000)).$(printf %03d $(($1 % 1000)))"; }
while IFS='=' read -r name value; do
  value=${value#\'} value=${value%\'}
  case $name in '' | *[!a-z_]*) ;; *) eval "p_$name=\$value" ;; esac
done
entry start
