#!/bin/bash
# Builds the image of app/, pushes it, and deploys it by its digest: bash release.sh
# The first `sam deploy` has created the repository. To roll back: sam deploy --parameter-overrides Image=EARLIER
set -euo pipefail
cd "$(dirname "$0")"

export AWS_REGION=@REGION@
repository=$(aws cloudformation describe-stacks --stack-name @STACK@ --output text \
  --query "Stacks[0].Outputs[?OutputKey=='Repository'].OutputValue")
tag=$(date -u +%Y%m%d-%H%M%S)

aws ecr get-login-password | docker login --username AWS --password-stdin "${repository%%/*}"
docker build --platform linux/arm64 --tag "$repository:$tag" app
docker push "$repository:$tag"
digest=$(aws ecr describe-images --repository-name "${repository#*/}" --image-ids "imageTag=$tag" --output text \
  --query "imageDetails[0].imageDigest")
sam deploy --parameter-overrides "Image=$repository@$digest"
