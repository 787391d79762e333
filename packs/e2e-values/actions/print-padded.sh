#!/bin/sh
# Prints JSON documents, each at the end of a line of blanks. Parameters: dotenv on stdin (lines,
# bytes: of a line).
set -eu
eval "$(grep -E "^(lines|bytes)='[0-9]+'\$")"
awk -v lines="$lines" -v bytes="$bytes" 'BEGIN {
  format = "%" (bytes - 1) "s\n"
  for (n = 1; n <= lines; n++) printf format, "{\"n\": " n "}"
}'
