# Mounts the site's file system at FILES_FOLDER, now and whenever the server starts. The service that mounts it tries until
# it succeeds: the name of a new mount target can take a while to be known. The application's service starts after it,
# and can write to the folder.

command -v mount.efs > /dev/null || dnf install --quiet --assumeyes amazon-efs-utils
mkdir -p "$FILES_FOLDER" /etc/systemd/system/website.service.d
cat > /var/lib/resilient-website/mount_files <<'END_OF_MOUNT'
until mountpoint --quiet "$FILES_FOLDER"; do
  mount -t efs -o "tls,iam,noresvport,accesspoint=$FILES_ACCESS_POINT_ID" "$FILES_SYSTEM_ID:/" "$FILES_FOLDER" || sleep 5
done
END_OF_MOUNT
cat > /etc/systemd/system/resilient-website-files.service <<'END_OF_UNIT'
[Unit]
Description=Mounts the files that the web servers share
After=network-online.target
Wants=network-online.target
[Service]
Type=oneshot
RemainAfterExit=yes
TimeoutStartSec=infinity
EnvironmentFile=/etc/resilient-website/environment
ExecStart=/bin/bash /var/lib/resilient-website/mount_files
[Install]
WantedBy=multi-user.target
END_OF_UNIT
cat > /etc/systemd/system/website.service.d/files.conf <<END_OF_FILES
[Unit]
Requires=resilient-website-files.service
After=resilient-website-files.service
RequiresMountsFor=$FILES_FOLDER
[Service]
ReadWritePaths=$FILES_FOLDER
END_OF_FILES
systemctl daemon-reload
left=$((STARTUP_SECONDS - SECONDS))
timeout $((left > 0 ? left : 1)) systemctl enable --now resilient-website-files ||
  fail "Files: $FILES_SYSTEM_ID can't be mounted at $FILES_FOLDER"
