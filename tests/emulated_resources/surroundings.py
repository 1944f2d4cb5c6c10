"""Resources that the one that is tested needs around it."""

from tests.emulated_resources.case import att, ref

VPC = {"Vpc": {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/16"}}}
SUBNETS = {
    **VPC,
    **{
        f"Subnet{number}": {
            "Type": "AWS::EC2::Subnet",
            "Properties": {
                "VpcId": ref("Vpc"),
                "CidrBlock": {"Fn::Select": [number, {"Fn::Cidr": [att("Vpc", "CidrBlock"), 4, 8]}]},
                "AvailabilityZone": {"Fn::Select": [number, {"Fn::GetAZs": ""}]},
            },
        }
        for number in (0, 1)
    },
}
GROUPS = {
    **VPC,
    **{
        name: {"Type": "AWS::EC2::SecurityGroup", "Properties": {"GroupDescription": name, "VpcId": ref("Vpc")}}
        for name in ("Group", "Other")
    },
}
BALANCER = {
    **SUBNETS,
    "Balancer": {
        "Type": "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "Properties": {"Subnets": [ref("Subnet0"), ref("Subnet1")]},
    },
}
LOGS = {"LogGroup": {"Type": "AWS::Logs::LogGroup"}, "Bucket": {"Type": "AWS::S3::Bucket"}}
