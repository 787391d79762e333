#!/bin/sh
# Prints its input in base64: the parameter file, if there is one, and then standard input.
# Fails where the variables name another delivery or format than its action has.
set -eu
case "$ATTUNE_ACTION" in
  *.encode*-"$ATTUNE_PARAMETER_DELIVERY"-"$ATTUNE_PARAMETER_FORMAT") ;;
  *) echo "$ATTUNE_ACTION: $ATTUNE_PARAMETER_DELIVERY $ATTUNE_PARAMETER_FORMAT" >&2; exit 3 ;;
esac
[ -z "${ATTUNE_PARAMETER_FILE-}" ] || { cat "$ATTUNE_PARAMETER_FILE" - | base64 -w 0; exit; }
base64 -w 0
