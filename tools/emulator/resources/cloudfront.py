"""VPC origins."""

from tools.emulator.api import Api
from tools.emulator.resource_types import Json, ResourceType, picked


def _config(props: Json) -> Json:
    """Return the endpoint's configuration; CloudFormation names the ports HTTPPort, so does the API."""
    config = picked(props["VpcOriginEndpointConfig"], *("Arn", "Name", "HTTPPort", "HTTPSPort", "OriginProtocolPolicy"))
    protocols = props["VpcOriginEndpointConfig"].get("OriginSSLProtocols", ["TLSv1.2"])
    return {
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "match-viewer",
        **config,
        "OriginSslProtocols": {"Quantity": len(protocols), "Items": protocols},
    }


def _create(cloudfront: Api, props: Json, _name: str) -> str:
    tags = {"Tags": {"Items": props["Tags"]}} if props.get("Tags") else {}
    made = cloudfront("create_vpc_origin", VpcOriginEndpointConfig=_config(props), **tags)
    vpc_origin_id: str = made["VpcOrigin"]["Id"]
    return vpc_origin_id


def _etag(cloudfront: Api, vpc_origin_id: str) -> str:
    etag: str = cloudfront("get_vpc_origin", Id=vpc_origin_id)["ETag"]
    return etag


def _update(cloudfront: Api, vpc_origin_id: str, _old: Json, new: Json) -> None:
    """Change one that nothing uses; raise what CloudFront answers of another one."""
    _refuse_if_used(cloudfront, vpc_origin_id)
    etag = _etag(cloudfront, vpc_origin_id)
    cloudfront("update_vpc_origin", Id=vpc_origin_id, IfMatch=etag, VpcOriginEndpointConfig=_config(new))


def _delete(cloudfront: Api, vpc_origin_id: str, _props: Json) -> None:
    """Delete one that nothing uses."""
    _refuse_if_used(cloudfront, vpc_origin_id)
    cloudfront("delete_vpc_origin", Id=vpc_origin_id, IfMatch=_etag(cloudfront, vpc_origin_id))


def _refuse_if_used(cloudfront: Api, vpc_origin_id: str) -> None:
    """Raise what CloudFront answers of a VPC origin that a distribution uses, in whichever stack."""
    distributions = cloudfront("list_distributions")["DistributionList"].get("Items", [])
    used = [origin.get("VpcOriginConfig", {}) for one in distributions for origin in one["Origins"]["Items"]]
    if vpc_origin_id in [config.get("VpcOriginId") for config in used]:
        raise ValueError(
            "The specified VPC origin is currently associated with one or more distributions. Please disassociate the "
            "VPC origin from all distributions before updating or deleting"
        )


def _attributes(cloudfront: Api, vpc_origin_id: str, _props: Json) -> Json:
    vpc_origin = cloudfront("get_vpc_origin", Id=vpc_origin_id)["VpcOrigin"]
    return {
        "Id": vpc_origin_id,
        "Arn": vpc_origin["Arn"],
        "Status": vpc_origin["Status"],
        "CreatedTime": str(vpc_origin["CreatedTime"]),
        "LastModifiedTime": str(vpc_origin["LastModifiedTime"]),
    }


TYPES = {
    "AWS::CloudFront::VpcOrigin": ResourceType(
        "cloudfront",
        _create,
        _delete,
        _update,
        _attributes,
    ),
}
