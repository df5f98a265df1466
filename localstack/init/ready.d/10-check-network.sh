#!/bin/bash
# Runs in LocalStack when it is ready. Everything of the platform is made by its stacks; what they cannot make is the
# network between functions and ClickHouse, and without it every deployment succeeds and no trade is ever stored.
set -euo pipefail

clickhouse=http://clickhouse:8123
for _ in $(seq 30); do
  if curl --fail --silent --output /dev/null "$clickhouse/ping"; then
    echo "ClickHouse answers at $clickhouse; npm run deploy:local puts the platform here"
    exit 0
  fi
  sleep 1
done
echo "ClickHouse does not answer at $clickhouse: is the service clickhouse up, in the network millrace?" >&2
exit 1
