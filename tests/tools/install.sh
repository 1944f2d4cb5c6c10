#!/usr/bin/env bash
# What the tests run against, from Debian's packages: a browser, the servers that a site's tiers are on AWS, and systemd,
# whose reader of environment files is part of its library.
set -euo pipefail

PATH=$PATH:/usr/sbin
declare -A package=(
  [chromium]=chromium [mariadbd]=mariadb-server [mariadb]=mariadb-client [redis-server]=redis-server
  [memcached]=memcached [systemctl]=systemd
)
missing=()
for program in "${!package[@]}"; do
  command -v "$program" > /dev/null || missing+=("${package[$program]}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

if ! command -v apt-get > /dev/null || [ "$(id -u)" != 0 ]; then
  echo "The tests need ${missing[*]}. On Debian: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
# Nothing is started on installation: each test starts the server that it needs, and ends it.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' > /usr/sbin/policy-rc.d
  chmod +x /usr/sbin/policy-rc.d
  trap 'rm -f /usr/sbin/policy-rc.d' EXIT
fi
apt-get update --quiet --quiet
apt-get install --quiet --quiet --yes --no-install-recommends "${missing[@]}"
