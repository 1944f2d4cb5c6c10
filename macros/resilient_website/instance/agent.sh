# Starts the CloudWatch agent with AGENT_CONFIGURATION. A server without it serves all the same, so nothing here is fatal.

agent=/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl
[ -x "$agent" ] || dnf install --quiet --assumeyes amazon-cloudwatch-agent || true
if [ -x "$agent" ]; then
  "$agent" -a fetch-config -m ec2 -s -c file:/etc/resilient-website/agent.json > /dev/null || echo "no CloudWatch agent" >&2
fi
