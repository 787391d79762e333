#!/bin/sh
# Holds `hold_ms`, writes `out` to stdout and `err` to stderr, then exits with `code` (0 to 255).
# Parameters: dotenv on stdin (key, ledger, hold_ms, out, err, code).
set -eu
. ./lib/fixture.sh
pause_ms "${p_hold_ms:-0}"
printf '%s' "${p_out-}"
printf '%s' "${p_err-}" >&2
entry end
exit "${p_code-0}"
