# Installs the watch for this server's end: it runs the drain script, and says when the server may go.

cat > /var/lib/resilient-website/watch <<'END_OF_WATCH'
IMDS=http://169.254.169.254/latest
metadata() {
  local token
  token=$(curl --silent --fail --request PUT --header 'X-aws-ec2-metadata-token-ttl-seconds: 60' $IMDS/api/token) || return
  curl --silent --fail --header "X-aws-ec2-metadata-token: $token" "$IMDS/meta-data/$1"
}
until [ "$(metadata autoscaling/target-lifecycle-state)" = Terminated ]; do sleep 5; done
timeout "$DRAIN_SECONDS" bash /var/lib/resilient-website/drain
instance=$(metadata instance-id)
group=$(aws autoscaling describe-auto-scaling-instances --region "$AWS_REGION" --instance-ids "$instance" \
  --query 'AutoScalingInstances[0].AutoScalingGroupName' --output text)
aws autoscaling complete-lifecycle-action --region "$AWS_REGION" --auto-scaling-group-name "$group" \
  --lifecycle-hook-name "$DRAIN_HOOK" --instance-id "$instance" --lifecycle-action-result CONTINUE
END_OF_WATCH
cat > /etc/systemd/system/resilient-website-drain.service <<'END_OF_UNIT'
[Unit]
Description=Drains this server when it is to go
[Service]
EnvironmentFile=/etc/resilient-website/environment
ExecStart=/bin/bash /var/lib/resilient-website/watch
Restart=on-failure
[Install]
WantedBy=multi-user.target
END_OF_UNIT
systemctl daemon-reload
systemctl enable --now resilient-website-drain
