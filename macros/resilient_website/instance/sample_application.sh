# Installs and starts the sample application, for a site without a UserData of its own.

mkdir -p /var/log/website
dnf install --quiet --assumeyes mariadb105
cat > /var/lib/resilient-website/sample_app.py <<'END_OF_SAMPLE_APPLICATION'
@@SAMPLE_APPLICATION@@
END_OF_SAMPLE_APPLICATION
cat > /etc/systemd/system/resilient-website-sample.service <<'END_OF_UNIT'
[Unit]
Description=Sample application of a resilient website
After=network-online.target
Wants=network-online.target
[Service]
EnvironmentFile=/etc/resilient-website/environment
ExecStart=/usr/bin/python3 /var/lib/resilient-website/sample_app.py
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
systemctl enable --now resilient-website-sample
