# Pulls IMAGE, and runs it with COMMAND as a service. It has the server's network, since metadata, and with them the
# role, are one hop away. Its environment, and the files that the environment names, are those of the server.

[[ $IMAGE == [A-Za-z0-9]* ]] || fail "Container.Image: found $IMAGE, which is no image"
command -v docker > /dev/null || dnf install --quiet --assumeyes docker
systemctl enable --now docker
registry=${IMAGE%%/*}
pull() {
  if [[ $registry == *.dkr.ecr.*.amazonaws.com ]]; then
    local region=${registry#*.dkr.ecr.}
    aws ecr get-login-password --region "${region%%.*}" |
      docker login --username AWS --password-stdin "$registry" > /dev/null || return
  fi
  docker pull --quiet "$IMAGE" > /dev/null
}
pull || { sleep 5; pull; } || { sleep 15; pull; } || fail "Container.Image: $IMAGE can't be pulled"
docker logout "$registry" > /dev/null || true
made_for=$(docker image inspect --format '{{.Architecture}}' "$IMAGE")
case "$(uname -m)" in aarch64) own=arm64 ;; *) own=amd64 ;; esac
[ "$made_for" = "$own" ] || fail "Container.Image: $IMAGE is for $made_for, but this server is $own: build it for" \
  "linux/$own (docker buildx build --platform), or use an InstanceType for $made_for"
group=$(getent group resilient-website | cut -d: -f3)
run=(docker run --rm --name website --pull never --network host --log-driver none --group-add "$group"
  --env-file /etc/resilient-website/container.env --volume /etc/resilient-website:/etc/resilient-website:ro@@FILES@@
  "$IMAGE" "${COMMAND[@]}")
{ printf exec; printf ' %q' "${run[@]}"; echo; } > /var/lib/resilient-website/start
cat > /etc/systemd/system/website.service <<'END_OF_UNIT'
[Unit]
Description=Website
After=docker.service network-online.target
Wants=network-online.target
Requires=docker.service
[Service]
ExecStartPre=-/usr/bin/env docker rm --force website
ExecStart=/bin/bash /var/lib/resilient-website/start
ExecStop=/usr/bin/env docker stop -t 30 website
TimeoutStopSec=45
@@SERVICE@@
