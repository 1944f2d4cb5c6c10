# Unpacks ARTIFACT below /opt/website, installs it and starts it as a service.

mkdir -p /opt/website /var/log/website
aws s3 cp --quiet --region "$REGION" "$ARTIFACT" /var/lib/resilient-website/artifact
case "$ARTIFACT" in
  *.zip) python3 -m zipfile --extract /var/lib/resilient-website/artifact /opt/website ;;
  *) tar --extract --file /var/lib/resilient-website/artifact --directory /opt/website ;;
esac
cd /opt/website
[ ! -e /var/lib/resilient-website/install ] || bash -euo pipefail /var/lib/resilient-website/install
cat > /etc/systemd/system/website.service <<'END_OF_UNIT'
[Unit]
Description=Website
After=network-online.target
Wants=network-online.target
[Service]
EnvironmentFile=/etc/resilient-website/environment
WorkingDirectory=/opt/website
ExecStart=/bin/bash /var/lib/resilient-website/start
DynamicUser=yes
AmbientCapabilities=CAP_NET_BIND_SERVICE
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
StandardOutput=append:/var/log/website/website.log
StandardError=append:/var/log/website/website.log
Restart=always
[Install]
WantedBy=multi-user.target
END_OF_UNIT
systemctl daemon-reload
systemctl enable --now website
cd /
