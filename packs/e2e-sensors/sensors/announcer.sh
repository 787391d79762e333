#!/bin/bash
# Posts one event of `announced`, with its pid and all its rules. Then it sleeps until it is stopped.
set -eu
trigger="${ATTUNE_SENSOR_REF%.*}.announced"
echo "sensor $ATTUNE_SENSOR_REF"
env | grep -o '^ATTUNE_[A-Z_]*' | sort | paste -sd ' '
echo "token $ATTUNE_API_TOKEN" >&2
curl --silent --fail --request POST "$ATTUNE_API_URL/api/v1/events" \
  --header "Authorization: Bearer $ATTUNE_API_TOKEN" --header 'Content-Type: application/json' \
  --data "{\"trigger_ref\": \"$trigger\", \"payload\": {\"pid\": $$, \"triggers\": $ATTUNE_SENSOR_TRIGGERS}}" >/dev/null
echo announced
setsid sleep 300 & # a child in its own session: the platform must kill it with the sensor
while :; do sleep 300; done
