# First part of the user data: whatever happens, CloudFormation hears how it ended.

[ -x /opt/aws/bin/cfn-signal ] || dnf install --quiet --assumeyes aws-cfn-bootstrap
trap '/opt/aws/bin/cfn-signal --exit-code $? --stack "$STACK" --resource "$RESOURCE" --region "$REGION"' EXIT
set -euo pipefail
mkdir -p /etc/resilient-website /var/lib/resilient-website
