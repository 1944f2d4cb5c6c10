"""CloudFront's prefix lists for security groups."""

# The name of CloudFront's origin-facing addresses, a managed prefix list, and how many of a security group's 60 rules
# one rule with it uses. Source: "AWS-managed prefix lists" in the Amazon VPC guide.
WEIGHT = 55
NAME = "com.amazonaws.global.cloudfront.origin-facing"

# Its id, which is the same in every account of a Region. AWS publishes no table: each of these is in the public
# templates of several authors. For other Regions, users set LoadBalancer.CloudFrontPrefixListId.
CLOUDFRONT_PREFIX_LISTS = {
    "af-south-1": "pl-c0aa4fa9",
    "ap-east-1": "pl-14b2577d",
    "ap-northeast-1": "pl-58a04531",
    "ap-northeast-2": "pl-22a6434b",
    "ap-northeast-3": "pl-31a14458",
    "ap-south-1": "pl-9aa247f3",
    "ap-southeast-1": "pl-31a34658",
    "ap-southeast-2": "pl-b8a742d1",
    "ca-central-1": "pl-38a64351",
    "eu-central-1": "pl-a3a144ca",
    "eu-north-1": "pl-fab65393",
    "eu-south-1": "pl-1bbc5972",
    "eu-west-1": "pl-4fa04526",
    "eu-west-2": "pl-93a247fa",
    "eu-west-3": "pl-75b1541c",
    "sa-east-1": "pl-5da64334",
    "us-east-1": "pl-3b927c52",
    "us-east-2": "pl-b6a144df",
    "us-west-1": "pl-4ea04527",
    "us-west-2": "pl-82a045eb",
}


def looked_up(region: str) -> str:
    """Return the command that prints the id in a Region. Source: DescribeManagedPrefixLists."""
    return (
        f"aws ec2 describe-managed-prefix-lists --region {region} --filters Name=prefix-list-name,Values={NAME} "
        "--query 'PrefixLists[].PrefixListId' --output text"
    )
