#!/usr/bin/env bash
# What the tests run against, from Debian's packages: a browser, the servers that a site's tiers are on AWS, and systemd,
# whose reader of environment files is part of its library. From npm, pinned in package-lock.json: a checker of regular
# expressions.
set -euo pipefail

PATH=$PATH:/usr/sbin
declare -A package=(
  [chromium]=chromium [mariadbd]=mariadb-server [mariadb]=mariadb-client [redis-server]=redis-server
  [memcached]=memcached [systemctl]=systemd [node]=nodejs [npm]=npm
)
missing=()
for program in "${!package[@]}"; do
  command -v "$program" > /dev/null || missing+=("${package[$program]}")
done

from_npm() {
  cd "$(dirname "${BASH_SOURCE[0]}")"
  # npm's own note of what it installed is there only once all of it is.
  [ node_modules/.package-lock.json -nt package-lock.json ] ||
    npm ci --silent --ignore-scripts --omit=optional --no-audit --no-fund
}

if [ ${#missing[@]} -eq 0 ]; then
  from_npm
  exit 0
fi

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
from_npm
