# Reads the server's secrets into files, now and every two minutes. The first read must succeed: a server without its
# secrets must not count. The time that each server adds spreads what OnChange does.

cat > /var/lib/resilient-website/read_secrets.py <<'END_OF_PROGRAM'
@@READ_SECRETS@@
END_OF_PROGRAM
read_secrets() { python3 /var/lib/resilient-website/read_secrets.py first; }
read_secrets || { sleep 5; read_secrets; } || { sleep 15; read_secrets; } || fail "can't read this server's secrets"
cat > /etc/systemd/system/resilient-website-secrets.service <<'END_OF_UNIT'
[Service]
Type=oneshot
ExecStart=/usr/bin/python3 /var/lib/resilient-website/read_secrets.py
END_OF_UNIT
cat > /etc/systemd/system/resilient-website-secrets.timer <<'END_OF_UNIT'
[Timer]
OnCalendar=*:0/2
AccuracySec=1s
RandomizedDelaySec=60
[Install]
WantedBy=timers.target
END_OF_UNIT
systemctl daemon-reload
systemctl enable --now resilient-website-secrets.timer
