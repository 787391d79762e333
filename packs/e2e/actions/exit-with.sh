#!/bin/sh
# Writes `out` to stdout and `err` to stderr, then exits with `code` (0 to 255).
# Parameters: dotenv on stdin (key, ledger, out, err, code).
set -eu
. ./lib/fixture.sh
printf '%s' "${p_out-}"
printf '%s' "${p_err-}" >&2
entry end
exit "${p_code-0}"
