#!/bin/sh
# Prints its input in base64: the parameter file, if there is one, and then standard input.
set -eu
[ -z "${ATTUNE_PARAMETER_FILE-}" ] || { cat "$ATTUNE_PARAMETER_FILE" - | base64 -w 0; exit; }
base64 -w 0
