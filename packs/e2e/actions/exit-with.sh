#!/bin/sh
# Holds `hold_ms`, writes `out` to stdout and `err` to stderr, then exits with `code` (0 to 255) or by `signal`. The
# bytes to write may be given in base64, too. Parameters: dotenv on stdin (key, ledger, hold_ms, out, err, encoded_out,
# encoded_err, code, signal).
set -eu
. ./lib/fixture.sh
pause_ms "${p_hold_ms:-0}"
printf '%s' "${p_out-}"
printf '%s' "${p_err-}" >&2
[ -z "${p_encoded_out-}" ] || printf '%s' "$p_encoded_out" | base64 -d
[ -z "${p_encoded_err-}" ] || printf '%s' "$p_encoded_err" | base64 -d >&2
entry end
[ -z "${p_signal-}" ] || kill -s "$p_signal" $$
exit "${p_code-0}"
