# The end of the unit file of the application's service, and its start.
StandardOutput=append:/var/log/website/website.log
StandardError=append:/var/log/website/website.log
Restart=always
RestartSec=5
[Install]
WantedBy=multi-user.target
END_OF_UNIT
systemctl daemon-reload
systemctl enable --now website
