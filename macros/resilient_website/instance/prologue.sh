# First part of the user data: whatever happens, CloudFormation hears how it ended. Then the functions by which values
# arrive: in base64, as their text may be anything.

[ -x /opt/aws/bin/cfn-signal ] || dnf install --quiet --assumeyes aws-cfn-bootstrap
trap '/opt/aws/bin/cfn-signal --exit-code $? --stack "$STACK" --resource "$RESOURCE" --region "$REGION"' EXIT
set -euo pipefail
mkdir -p /etc/resilient-website /var/lib/resilient-website
fail() { echo "$*" >&2; exit 1; }
put() { printf %s "$1"; }
decode() { base64 --decode <<< "$1"; }
# text NAME BASE64: decodes it into the variable `decoded` of the caller
text() {
  decoded=$(decode "$2" && echo .)
  decoded=${decoded%.}
  [[ $decoded != *[[:cntrl:]]* ]] || fail "$1: found a control character, such as a line break; allowed: text without any"
}
# take NAME BASE64: sets a variable of this script
take() {
  local decoded
  text "$@"
  printf -v "$1" %s "$decoded"
}
# provide NAME VALUE: sets it in both environment files: containers would take quotes for a part of the value
provide() {
  local quoted=$2 character
  for character in '\' '"' '$' '`'; do quoted=${quoted//"$character"/"\\$character"}; done
  printf '%s="%s"\n' "$1" "$quoted" >> /etc/resilient-website/environment
  printf '%s=%s\n' "$1" "$2" >> /etc/resilient-website/container.env
}
# variable NAME BASE64: sets it in the environment files
variable() {
  local decoded
  text "$@"
  provide "$1" "$decoded"
}
# setting NAME BASE64: sets it in the environment files, and in this script
setting() { take "$@"; provide "$1" "${!1}"; }
: > /etc/resilient-website/environment
: > /etc/resilient-website/container.env
