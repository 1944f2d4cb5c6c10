"""Resource types that some Regions lack. Written by `python -m tools.reference.region_types`.

Source: the provider schemas of cfn-lint 1.58.0, which can lag behind a Region.
"""

REGIONS_WITHOUT: dict[str, tuple[str, ...]] = {
    "AWS::Budgets::Budget": (
        "eu-north-1",
        "ap-northeast-3",
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
        "mx-central-1",
    ),
    "AWS::FIS::ExperimentTemplate": (
        "ap-east-2",
        "ap-south-2",
        "ap-southeast-3",
        "ap-southeast-4",
        "ap-southeast-5",
        "ap-southeast-6",
        "ap-southeast-7",
        "ca-west-1",
        "il-central-1",
        "mx-central-1",
    ),
}
