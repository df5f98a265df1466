#!/bin/sh
# Stands where LocalStack keeps its own Java: starts DynamoDB Local as Maven brings it, with this machine's Java.
# LocalStack calls for `-javaagent:… -jar DynamoDBLocal.jar`; the agent lifts a limit of 20 indexes, which nobody here
# comes near, and the jar of Maven names no libraries.
library=$(cd "$(dirname "$0")/../../../dynamodb-local/2" && pwd)
count=$#
while [ "$count" -gt 0 ]; do
  argument=$1
  shift
  count=$((count - 1))
  case $argument in
    -javaagent:*) ;;
    -jar)
      shift
      count=$((count - 1))
      set -- "$@" -cp "$library/DynamoDBLocal.jar:$library/DynamoDBLocal_lib/*" com.amazonaws.services.dynamodbv2.local.main.ServerRunner
      ;;
    *) set -- "$@" "$argument" ;;
  esac
done
# LocalStack gives it a session of its own, so that it would outlive a LocalStack that is killed.
(while kill -0 "$MILLRACE_LOCALSTACK_PID"; do sleep 1; done; kill "$$") >/dev/null 2>&1 &
# On the PATH this very script comes first.
exec "$MILLRACE_JAVA" "$@"
