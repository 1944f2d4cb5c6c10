#!/bin/bash
# Builds the image of app/, pushes it, and releases it by its digest: bash release.sh
# The first `sam deploy` has created the repository. To roll back: @PROGRAM@ release @STACK@ --back --region @REGION@
# Options of `release` can be added: bash release.sh --skip-canary. The image is built and pushed with all of them.
set -euo pipefail
cd "$(dirname "$0")"

# The command line; on another computer, RESILIENT_WEBSITE=path/to/build_templates.py.
program=${RESILIENT_WEBSITE:-@PROGRAM@}
export AWS_REGION=@REGION@
repository=$(aws cloudformation describe-stacks --stack-name @STACK@ --output text \
  --query "Stacks[0].Outputs[?OutputKey=='Repository'].OutputValue")
tag=$(date -u +%Y%m%d-%H%M%S)

aws ecr get-login-password | docker login --username AWS --password-stdin "${repository%%/*}"
docker build --platform linux/arm64 --tag "$repository:$tag" app
docker push "$repository:$tag"
"$program" release @STACK@ "$repository:$tag" --region @REGION@ "$@"
