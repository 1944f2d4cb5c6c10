# Fetches the object KEY (of VERSION_ID, if given) from BUCKET, compares it with SHA256 (if given), unpacks it below
# /opt/website, installs it and starts it as a service.

mkdir -p /opt/website /var/log/website
# The AWS CLI would take such a value for the name of a file to read the value from.
[[ $BUCKET != file*://* && $KEY != file*://* && $VERSION_ID != file*://* ]] || fail "Artifact: found a URL of a file"
fetch() {
  aws s3api get-object --region "$REGION" --bucket="$BUCKET" --key="$KEY" ${VERSION_ID:+--version-id="$VERSION_ID"} \
    /var/lib/resilient-website/artifact > /dev/null
}
fetch || fetch || fetch || fail "Artifact: s3://$BUCKET/$KEY ${VERSION_ID:+version $VERSION_ID }can't be fetched"
found=$(sha256sum < /var/lib/resilient-website/artifact)
found=${found%% *}
[[ -z $SHA256 || ${SHA256,,} = "$found" ]] || fail "Artifact.Sha256: found $found, but $SHA256 is allowed only"
case "$KEY" in
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
