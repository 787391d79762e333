#!/bin/sh
# Prints {"result": 2 × `number` + 10}. Parameters: dotenv on stdin (key, ledger, number).
set -eu
. ./lib/fixture.sh
entry end
printf '{"result":%s}\n' "$((2 * p_number + 10))"
