#!/bin/sh
# Prints the JSON text that it is given. Parameters: dotenv on stdin (key, ledger, document).
set -eu
. ./lib/fixture.sh
entry end
printf '%s\n' "$p_document"
