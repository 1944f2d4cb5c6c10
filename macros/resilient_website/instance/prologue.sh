# First part of the user data: whatever happens, CloudFormation hears how it ended. Then the functions by which values
# arrive: in base64, as their text may be anything.

[ -x /opt/aws/bin/cfn-signal ] || dnf install --quiet --assumeyes aws-cfn-bootstrap
trap '/opt/aws/bin/cfn-signal --exit-code $? --stack "$STACK" --resource "$RESOURCE" --region "$REGION"' EXIT
set -euo pipefail
mkdir -p /etc/resilient-website /var/lib/resilient-website
fail() { echo "$*" >&2; exit 1; }
put() { printf %s "$1"; }
decode() { base64 --decode <<< "$1"; }
# take NAME BASE64: sets a variable of this script
take() {
  local decoded
  decoded=$(decode "$2" && echo .)
  decoded=${decoded%.}
  [[ $decoded != *[[:cntrl:]]* ]] || fail "$1: found a control character, such as a line break; allowed: text without any"
  printf -v "$1" %s "$decoded"
}
# setting NAME BASE64: sets it in the environment file too
setting() {
  take "$1" "$2"
  printf '%s="%s"\n' "$1" "$(LC_ALL=C sed 's/[\\"$`]/\\&/g' <<< "${!1}")" >> /etc/resilient-website/environment
}
: > /etc/resilient-website/environment
