# Runs nginx and PHP-FPM until SIGTERM. Then both answer the open requests, and end. It also ends when one of them does:
# systemd starts it again.
set -euo pipefail

run=$(mktemp --directory)
# nginx opens its log again, which belongs to root. A pipe belongs to the service's user.
exec > >(exec cat) 2>&1

for file in nginx.conf server.conf php-fpm.conf; do
  sed "s|@PORT@|$WEB_PORT|; s|@RUN@|$run|; s|@APP@|$PWD|; s|@HEALTH@|$HEALTH_CHECK_PATH|" "$file" > "$run/$file"
done
php-fpm --nodaemonize --fpm-config "$run/php-fpm.conf" &
php=$!
until [ -S "$run/php-fpm.sock" ] || ! kill -0 "$php"; do sleep 0.1; done
nginx -e stderr -c "$run/nginx.conf" &
nginx=$!

# Ends the waiting.
trap : TERM
wait -n "$nginx" "$php" || true
kill -QUIT "$nginx" || true
wait "$nginx" || true
kill -QUIT "$php" || true
wait "$php" || true
