"""A container as the application: servers pull its image when they boot, and run it as a service.

It uses the server's network, so that `WebServers.Port` is the container's own port, and the AWS SDKs find the server's
role: the metadata service answers over one network hop only.
"""

import json
import re
from typing import Any

from troposphere import Join, Sub

from resilient_website.cloudformation.calls import known_value
from resilient_website.cloudformation.encoding import encoded
from resilient_website.cloudformation.iam_documents import allow
from resilient_website.cloudformation.intrinsics import SUB_VARIABLE, Value, is_literal, opaque
from resilient_website.frozen import frozen
from resilient_website.problems import shown
from resilient_website.quoting import iam as iam_text
from resilient_website.quoting.parts import has_dynamic_reference
from resilient_website.reading.collection_types import ListOf
from resilient_website.reading.properties import PropertyGroup, prop
from resilient_website.reading.property_types import Text
from resilient_website.reading.reader import Reader
from resilient_website.tiers.web_servers.image_name import ImageName
from resilient_website.tiers.web_servers.public_text import check_public

USER_DATA = "AWS::EC2::LaunchTemplate.LaunchTemplateData.UserData"

# Source: the grammar of package `reference` in the documentation of the Distribution registry.
REGISTRY = r"[A-Za-z0-9]+([.-]+[A-Za-z0-9]+)*(:[0-9]{1,5})?"
PART = r"[a-z0-9]+(([._]|__|-+)[a-z0-9]+)*"
IMAGE = rf"({REGISTRY}/)?{PART}(/{PART})*(:[A-Za-z0-9_][A-Za-z0-9_.-]{{0,127}})?(@sha256:[0-9a-f]{{64}})?"
MAX_IMAGE_LENGTH = 500

# Source: "Amazon ECR private registry". Account, Region, repository.
IN_ECR = re.compile(r"([0-9]{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^:@]+)")

# The other endpoints of its registries: FIPS, and IPv6. Source: "Amazon ECR endpoints and quotas".
OTHER_ENDPOINT = re.compile(r"[0-9]{12}\.(dkr\.ecr-fips|dkr-ecr|dkr-ecr-fips)\.")

# Sources: the managed policy AmazonEC2ContainerRegistryPullOnly; "Actions, resources, and condition keys for Amazon
# Elastic Container Registry", by which the token's action has no resources.
PULL = ["ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]


@frozen
class ContainerSpec(PropertyGroup):
    """A container image that is pulled and started as a service."""

    image: Value | None = prop(
        "Image",
        ImageName(
            "an image with a digest or a tag, as in 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4.0",
            IMAGE,
            longest=MAX_IMAGE_LENGTH,
        ),
        None,
        examples=(
            "123456789012.dkr.ecr.us-east-1.amazonaws.com/shop@sha256:"
            "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
            "public.ecr.aws/nginx/nginx:1.29",
        ),
        maps_to=f"{USER_DATA}, AWS::IAM::Role.Policies",
        reason="required: from a private repository of Amazon ECR, which servers may then pull from, or from a public "
        "registry. Write the digest (@sha256:...): a tag can point to another image later, so that new servers would "
        "run another one than the rest, and a deployment would replace nothing. It must be built for the servers' "
        "architecture: arm64, unless InstanceType is an x86_64 type. An image that a function gives without a known "
        "registry is taken for one of Amazon ECR",
    )
    command: tuple[Value, ...] = prop(
        "Command",
        ListOf(Text("an argument"), 0, 50, known=False),
        (),
        known_at_expansion=True,
        examples=(["gunicorn", "--bind", "0.0.0.0:8080", "shop:app"],),
        maps_to=USER_DATA,
        reason="what the image starts when absent; as a list, without a shell. The application must listen on "
        "WebServers.Port",
    )


def check(spec: ContainerSpec, path: str, reader: Reader, *, closed: bool) -> None:
    """Note an image that is missing, or that servers without internet access (`closed`) can't pull."""
    where = f"{path}.Image"
    if spec.image is None:
        reader.problem(where, "missing", "write it: a container needs an Image")
        return
    if has_dynamic_reference(spec.image):
        fix = "write a Ref to a parameter of the type AWS::SSM::Parameter::Value<String>"
        reader.problem(where, "found a dynamic reference, which IAM policies can't contain", fix)
    for index, argument in enumerate(spec.command):
        check_public(argument, f"{path}.Command[{index}]", reader)
    known = known_value(spec.image)
    found = IN_ECR.match(known) if isinstance(known, str) else None
    if isinstance(known, str) and OTHER_ENDPOINT.match(known):
        fix = "write the private registry's own name, as in 123456789012.dkr.ecr.us-east-1.amazonaws.com/shop:1.4.0"
        reader.problem(where, f"found {shown(known)}, an endpoint of Amazon ECR that servers do not log in to", fix)
        return
    if closed and isinstance(known, str) and (found is None or found[2] != reader.region):
        text = f"found {shown(known)}, but servers with NatGateways: None reach Amazon ECR in {reader.region} only"
        fix = "push the image to a repository there, or use a pull through cache rule"
        reader.problem(where, text, fix)


def of_one_region(image: Value | None) -> Value | None:
    """Return an image whose text names a Region of Amazon ECR; None for any other."""
    return image if isinstance(image, str) and IN_ECR.match(image) else None


def is_in_ecr(image: Value | None) -> bool:
    """Tell whether an image is in a private repository of Amazon ECR, or may be."""
    if image is None:
        return False
    known = known_value(image)
    if isinstance(known, str):
        return IN_ECR.match(known) is not None
    text = json.dumps(encoded(image))
    return ".dkr.ecr." in text or "/" not in SUB_VARIABLE.sub("", text)


def statements(image: Value | None) -> list[dict[str, Any]]:
    """Return the permissions to pull an image from its repository in Amazon ECR; none for other registries."""
    if image is None or not is_in_ecr(image):
        return []
    return [allow("ecr:GetAuthorizationToken", "*"), allow(PULL, _repository_arn(image))]


def _repository_arn(image: Value) -> Any:
    """Return the ARN of an image's repository, by the parts of its name; CloudFormation takes a function's apart."""
    known = IN_ECR.match(str(image)) if is_literal(image) else None
    if known:
        account, region, name = known.groups()
        return Sub(f"arn:${{AWS::Partition}}:ecr:{region}:{account}:repository/{name}")
    address = _piece(_piece(encoded(image), "@", 0), ":", 0)
    account = _piece(address, ".dkr.ecr.", 0)
    region = _piece(_piece(address, ".dkr.ecr.", 1), ".", 0)
    name = _piece(address, ".amazonaws.com/", 1)
    account, region, name = (iam_text.exactly(opaque(each)) for each in (account, region, name))
    return Join("", [Sub("arn:${AWS::Partition}:ecr:"), *region, ":", *account, ":repository/", *name])


def _piece(text: Any, delimiter: str, index: int) -> dict[str, Any]:
    return {"Fn::Select": [index, {"Fn::Split": [delimiter, text]}]}
