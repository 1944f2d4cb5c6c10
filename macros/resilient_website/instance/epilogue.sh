# Last part of the user data: a server counts once it answers its health check, not before. It gives up while
# CloudFormation still waits, so that the log and the signal say why.

while true; do
  status=$(curl --silent --globoff --max-time 5 --output /dev/null --write-out '%{http_code}' \
    "http://localhost:$WEB_PORT$HEALTH_CHECK_PATH") || true
  case "$status" in [23]??) exit 0 ;; esac
  [ "$SECONDS" -lt "$STARTUP_SECONDS" ] || break
  sleep 5
done
case "$status" in
  000 | '') fail "nothing answers on port $WEB_PORT at $HEALTH_CHECK_PATH" ;;
  *) fail "$HEALTH_CHECK_PATH on port $WEB_PORT answers with status $status; the health check takes 200 to 399" ;;
esac
