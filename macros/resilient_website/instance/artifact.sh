# The service runs as a user of its own, so what is unpacked belongs to root and can be read by all; what may be run in
# the archive may be run here. The service can write to two folders: /var/lib/website, and /var/log/website/app. Its own
# log's folder is not its user's: systemd opens that log as root.
#
# Fetches the object KEY (of VERSION_ID, if given) from BUCKET, compares it with SHA256 (if given), unpacks it below
# /opt/website, installs it and starts it as a service.

mkdir -p /opt/website
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
  *.zip) python3 - /var/lib/resilient-website/artifact /opt/website <<'END_OF_UNZIP' ;;
import os, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    for entry in archive.infolist():
        path = archive.extract(entry, sys.argv[2])
        if entry.external_attr >> 16 & 0o111: os.chmod(path, 0o755)
END_OF_UNZIP
  *) tar -x --no-same-owner --no-same-permissions -f /var/lib/resilient-website/artifact -C /opt/website ;;
esac
chmod -R a+rX /opt/website
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
SupplementaryGroups=resilient-website
StateDirectory=website
LogsDirectory=website/app
AmbientCapabilities=CAP_NET_BIND_SERVICE
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
@@SERVICE@@
cd /
