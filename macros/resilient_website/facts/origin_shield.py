"""The Origin Shield Region for each Region.

Source: "Use Amazon CloudFront Origin Shield" in the Amazon CloudFront guide, the table of Regions to choose, of 2026.
"""

ORIGIN_SHIELD_REGIONS = {
    "af-south-1": "eu-west-1",
    "ap-east-1": "ap-southeast-1",
    "ap-northeast-1": "ap-northeast-1",
    "ap-northeast-2": "ap-northeast-2",
    "ap-northeast-3": "ap-northeast-1",
    "ap-south-1": "ap-south-1",
    "ap-southeast-1": "ap-southeast-1",
    "ap-southeast-2": "ap-southeast-2",
    "ca-central-1": "us-east-1",
    "eu-central-1": "eu-central-1",
    "eu-north-1": "eu-west-2",
    "eu-south-1": "eu-central-1",
    "eu-west-1": "eu-west-1",
    "eu-west-2": "eu-west-2",
    "eu-west-3": "eu-west-2",
    "me-south-1": "ap-south-1",
    "sa-east-1": "sa-east-1",
    "us-east-1": "us-east-1",
    "us-east-2": "us-east-2",
    "us-west-1": "us-west-2",
    "us-west-2": "us-west-2",
}
