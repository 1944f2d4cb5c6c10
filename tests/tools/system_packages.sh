#!/usr/bin/env bash
# Checks what the tests need from the system: Node.js, a browser, the servers that a site's tiers and applications use
# on AWS, WordPress, and systemd, whose library reads environment files. Debian's missing packages are installed with
# apt-get, if allowed:
#
#   INSTALL_PACKAGES=yes, or CI set     installs them
#   INSTALL_PACKAGES=no                 prints the command, and exits with status 1
#   neither, on a terminal              asks
#   neither, without a terminal         installs them, since there is no one to ask
#
# Always says what it installs. POLICY is the file that keeps Debian from starting servers on installation, and WORDPRESS
# the folder of its WordPress.
set -euo pipefail

PATH=$PATH:/usr/sbin
POLICY=${POLICY:-/usr/sbin/policy-rc.d}
WORDPRESS=${WORDPRESS:-/usr/share/wordpress}
MIN_NODE=20
declare -A package=(
  [chromium-headless-shell]=chromium-headless-shell [mariadbd]=mariadb-server [mariadb]=mariadb-client
  [redis-server]=redis-server [memcached]=memcached [systemctl]=systemd [nginx]=nginx-light
)

fail() {
  echo "$*" >&2
  exit 1
}

# Debian's own Node.js can be too old, so it is not installed.
if ! command -v npm > /dev/null || ! command -v node > /dev/null; then
  fail "The tests need npm, of Node.js $MIN_NODE or newer. Install it, and run this again."
fi
found=$(node -p 'process.versions.node.split(".")[0]')
[ "$found" -ge "$MIN_NODE" ] || fail "Found Node.js $found. The tests need $MIN_NODE or newer."

missing=()
for program in "${!package[@]}"; do
  command -v "$program" > /dev/null || missing+=("${package[$program]}")
done
# Its name ends with its version.
compgen -c php-fpm > /dev/null || missing+=(php-fpm php-mysql)
# `php` keeps apt-get from choosing Apache's PHP, and starts nothing.
[ -e "$WORDPRESS/wp-settings.php" ] || missing+=(php wordpress wordpress-theme-twentytwentythree)
[ ${#missing[@]} -gt 0 ] || exit 0

command="apt-get install --no-install-recommends ${missing[*]}"
if ! command -v apt-get > /dev/null || [ "$(id -u)" != 0 ]; then
  fail "The tests need ${missing[*]}. On Debian: sudo $command"
fi

choice=${INSTALL_PACKAGES:-${CI:+yes}}
if [ -z "$choice" ] && [ -t 0 ] && [ -t 2 ]; then
  read -r -p "The tests need ${missing[*]}. Install with apt-get? [y/N] " answer || answer=
  case $answer in [yY] | [yY][eE][sS]) choice=yes ;; *) choice=no ;; esac
fi
[ "${choice:-yes}" = yes ] || fail "The tests need ${missing[*]}. Run: $command"

echo "Installing with apt-get, for the tests: ${missing[*]}" >&2
export DEBIAN_FRONTEND=noninteractive
# Each test starts the server that it needs, and stops it.
if [ ! -e "$POLICY" ]; then
  printf '#!/bin/sh\nexit 101\n' > "$POLICY"
  chmod +x "$POLICY"
  trap 'rm -f "$POLICY"' EXIT
fi
apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}"
