"""CloudFront: its Region, its hosted zone, its managed policies, and where it has no VPC origins, all as of 2026."""

# The Region of CloudFront's certificates, web ACLs, metrics and log deliveries, and of Route 53's metrics and domains.
# AWS's global APIs are there too. Sources: "Requirements for using SSL/TLS certificates with CloudFront" and
# "CloudFront metrics" in the Amazon CloudFront guide; "Monitoring health checks using CloudWatch" in the Route 53
# guide; "Global services" in the AWS Whitepaper "AWS Fault Isolation Boundaries".
CLOUDFRONT_REGION = "us-east-1"

# The alias target of every distribution. Source: "AliasTarget" in the Amazon Route 53 API reference.
CLOUDFRONT_HOSTED_ZONE_ID = "Z2FDTNDATAQYW2"

# Managed policies; their ids are the same in every account. CORS_AND_SECURITY_HEADERS allows all origins. Source: "Use
# managed cache policies", "Use managed origin request policies" and "Use managed response headers policies" in the
# Amazon CloudFront guide.
CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
CACHING_DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
CORS_AND_SECURITY_HEADERS = "e61eb60c-9c35-4d20-a928-2b84e02af89c"

# Managed origin request policies that forward the visitor's Host header. Source: "Use managed origin request policies".
HOST_FORWARDING = (ALL_VIEWER, "33f36d7e-f396-46d9-90e0-52428a34d9dc", "bf0718e1-ba1e-49d1-88b1-f726733018ae")

# Regions (among those that sites can use) and zones without VPC origins, which an internal load balancer needs. Source:
# "Restrict access with VPC origins" in the Amazon CloudFront guide, "Supported AWS Regions".
REGIONS_WITHOUT_VPC_ORIGINS = ("ap-southeast-6",)
ZONES_WITHOUT_VPC_ORIGINS = ("use1-az3", "usw1-az2", "apne1-az3", "cac1-az3")
