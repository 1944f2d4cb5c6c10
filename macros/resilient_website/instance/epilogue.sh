# Last part of the user data: a server counts once it answers its health check, not before.

for attempt in $(seq 120); do
  curl --silent --fail --globoff --max-time 5 --output /dev/null "http://localhost:$WEB_PORT$HEALTH_CHECK_PATH" && exit 0
  sleep 5
done
fail "nothing answers on port $WEB_PORT at $HEALTH_CHECK_PATH"
