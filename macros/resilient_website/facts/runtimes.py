"""The runtimes of functions, all of 2026. `lifetimes.py` has the ends of their support."""

# The newest one of Python in all Regions. Source: "Lambda runtimes" in the AWS Lambda Developer Guide.
PYTHON = "python3.13"

# Source: "JavaScript runtime 2.0 features for CloudFront Functions" in the Amazon CloudFront Developer Guide.
CLOUDFRONT_JAVASCRIPT = "cloudfront-js-2.0"
