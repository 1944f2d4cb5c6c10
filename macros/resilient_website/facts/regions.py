"""The Regions of AWS's commercial partition, where a site can be deployed.

Source: "AWS Regions" in the AWS Account Management guide.
"""

# Their partition, in ARNs. Source: "Partitions" in the AWS Whitepaper "AWS Fault Isolation Boundaries".
PARTITION = "aws"

# Regions enabled by default.
ENABLED = (
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-central-1",
    "eu-north-1",
    "ap-south-1",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-southeast-1",
    "ap-southeast-2",
)

# Opt-in Regions.
OPT_IN = (
    "af-south-1",
    "ap-east-1",
    "ap-east-2",
    "ap-south-2",
    "ap-southeast-3",
    "ap-southeast-4",
    "ap-southeast-5",
    "ap-southeast-6",
    "ap-southeast-7",
    "ca-west-1",
    "eu-central-2",
    "eu-south-1",
    "eu-south-2",
    "il-central-1",
    "me-central-1",
    "me-south-1",
    "mx-central-1",
)

REGIONS = (*ENABLED, *OPT_IN)

# Prefixes of Regions in other partitions: GovCloud, China, the isolated ones, the European Sovereign Cloud. Source:
# "Partitions" in the AWS Whitepaper "AWS Fault Isolation Boundaries"; the regions of botocore's partitions.json.
OF_OTHER_PARTITIONS = ("us-gov-", "cn-", "us-iso", "eu-iso", "eusc-")

# Where a site is deployed to if nothing names a Region, and whose resource schemas are complete.
DEFAULT_REGION = "us-east-1"

# The number of zones of an account in Regions where it is not three. Sources: "AWS Availability Zones" in the AWS
# Regions and Availability Zones guide; the linter's list (cfnlint.helpers.AVAILABILITY_ZONES).
FEWER_ZONES = {"us-west-1": 2}
MORE_THAN_THREE_ZONES = ("us-east-1", "us-west-2", "ca-central-1", "ap-northeast-1", "ap-northeast-2")
USUAL_ZONES = 3
