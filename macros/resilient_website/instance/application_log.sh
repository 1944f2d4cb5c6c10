# The log of the application's service, and its limit: the agent sends the log to CloudWatch, and the disk is small.

mkdir -p /var/log/website /etc/logrotate.d
cat > /etc/logrotate.d/website <<'END_OF_ROTATION'
/var/log/website/*.log {
  size 100M
  rotate 1
  copytruncate
  missingok
}
END_OF_ROTATION
