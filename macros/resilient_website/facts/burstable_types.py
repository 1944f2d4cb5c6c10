"""Regions without the burstable Graviton types that a site's database and cache have by default.

Source: the lists of classes and node types of cfn-lint 1.58.0, which are from AWS's price lists and can lag behind a
Region. `tests/expansion/test_what_aws_offers.py` compares them.
"""

FAMILY = "t4g"

REGIONS_WITHOUT_T4G = {
    "RDS": ("ca-west-1",),
    "ElastiCache": ("me-central-1", "me-south-1"),
}
