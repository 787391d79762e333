#!/bin/bash
# Posts one event of the first of its rules: its pid and the rules it was told. Then it waits for its end.
set -eu
trigger=$(printf '%s' "$ATTUNE_SENSOR_TRIGGERS" | sed 's/.*"ref" *: *"\([^"]*\)".*/\1/')
echo "sensor $ATTUNE_SENSOR_REF"
env | grep -o '^ATTUNE_[A-Z_]*' | sort | paste -sd ' '
echo "token $ATTUNE_API_TOKEN" >&2
curl --silent --fail --request POST "$ATTUNE_API_URL/api/v1/events" \
  --header "Authorization: Bearer $ATTUNE_API_TOKEN" --header 'Content-Type: application/json' \
  --data "{\"trigger_ref\": \"$trigger\", \"payload\": {\"pid\": $$, \"triggers\": $ATTUNE_SENSOR_TRIGGERS}}" >/dev/null
echo announced
setsid sleep 300 & # a child in a session of its own: it must not outlive its sensor
while :; do sleep 300; done
