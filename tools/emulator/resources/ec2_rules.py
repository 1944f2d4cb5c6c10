"""Security group rules that are separate resources, and flow logs."""

from tools.emulator.api import Api
from tools.emulator.resource_types import Json, ResourceType, picked


def _permission(props: Json) -> Json:
    """Return a rule as EC2's API takes it: one permission with one source or destination."""
    described = picked(props, "Description")
    prefix_list = props.get("SourcePrefixListId") or props.get("DestinationPrefixListId")
    group = props.get("SourceSecurityGroupId") or props.get("DestinationSecurityGroupId")
    permission = picked(props, "IpProtocol", "FromPort", "ToPort")
    if "CidrIp" in props:
        permission["IpRanges"] = [{"CidrIp": props["CidrIp"], **described}]
    if "CidrIpv6" in props:
        permission["Ipv6Ranges"] = [{"CidrIpv6": props["CidrIpv6"], **described}]
    if prefix_list:
        permission["PrefixListIds"] = [{"PrefixListId": prefix_list, **described}]
    if group:
        permission["UserIdGroupPairs"] = [{"GroupId": group, **described}]
    return permission


def _rule(direction: str) -> ResourceType:
    def create(ec2: Api, props: Json, _name: str) -> str:
        answer = ec2(
            f"authorize_security_group_{direction}", GroupId=props["GroupId"], IpPermissions=[_permission(props)]
        )
        rule_id: str = answer["SecurityGroupRules"][0]["SecurityGroupRuleId"]
        return rule_id

    def delete(ec2: Api, _rule_id: str, props: Json) -> None:
        ec2(f"revoke_security_group_{direction}", GroupId=props["GroupId"], IpPermissions=[_permission(props)])

    def update(ec2: Api, rule_id: str, old: Json, new: Json) -> None:
        # Only the description may change in place, and ministack tells rules apart without it.
        delete(ec2, rule_id, old)
        create(ec2, new, "")

    replacing = (
        *("GroupId", "IpProtocol", "FromPort", "ToPort", "CidrIp", "CidrIpv6"),
        *("SourceSecurityGroupId", "SourcePrefixListId", "DestinationSecurityGroupId", "DestinationPrefixListId"),
    )
    return ResourceType("ec2", create, delete, update, lambda _, rule_id, __: {"Id": rule_id}, replacing)


# All properties except its tags, which no flow log has here.
FLOW_LOG = (
    *("ResourceType", "TrafficType", "LogDestinationType", "LogDestination", "LogGroupName", "LogFormat"),
    *("DeliverLogsPermissionArn", "MaxAggregationInterval", "DestinationOptions"),
)


def _create_flow_log(ec2: Api, props: Json, _name: str) -> str:
    known = picked(props, *FLOW_LOG)
    flow_log_id: str = ec2("create_flow_logs", ResourceIds=[props["ResourceId"]], **known)["FlowLogIds"][0]
    return flow_log_id


TYPES = {
    "AWS::EC2::SecurityGroupIngress": _rule("ingress"),
    "AWS::EC2::SecurityGroupEgress": _rule("egress"),
    "AWS::EC2::FlowLog": ResourceType(
        "ec2",
        _create_flow_log,
        lambda ec2, flow_log_id, _: ec2("delete_flow_logs", FlowLogIds=[flow_log_id]),
        attributes=lambda _, flow_log_id, __: {"Id": flow_log_id},
        replacing=("ResourceId", *FLOW_LOG),
    ),
}
