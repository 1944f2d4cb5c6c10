"""The web servers' operating system: images by instance type."""

import re

from resilient_website.cloudformation.intrinsics import Value

# Public parameters with the newest Amazon Linux 2023. Source: "Launching AL2023 on Amazon EC2" in the AL2023 guide.
IMAGE_PARAMETER = "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-{architecture}"

# Families that can't run the site's servers, and the reason. Sources: "Linux AMI virtualization types" in the Amazon
# EC2 User Guide (only paravirtual images); "Amazon EC2 Mac instances" (only on Dedicated Hosts).
PARAVIRTUAL = "runs only paravirtual images, which current operating systems don't have"
DEDICATED = "runs only on Dedicated Hosts"
UNSUPPORTED_FAMILIES = dict.fromkeys(("c1", "m1", "m2", "t1"), PARAVIRTUAL)
# Processors that are too old for Amazon Linux 2023. Source: "AL2023 system requirements" in the AL2023 User Guide.
TOO_OLD_FOR_AL2023 = ("a1",)


def why_unsupported(instance_type: str, image: Value | None) -> str | None:
    """Return why no server can run on an instance type; None if it can. `image` is None for Amazon Linux 2023."""
    family = instance_type.partition(".")[0]
    if re.match("mac[0-9]", family):
        return DEDICATED
    if image is None and family in TOO_OLD_FOR_AL2023:
        return "has a processor that Amazon Linux 2023 doesn't support"
    return UNSUPPORTED_FAMILIES.get(family)


def architecture(instance_type: str) -> str:
    """Return `arm64` or `x86_64`.

    Graviton families have a `g` among the letters after their generation's number: t4g, m7gd, c7gn, x2gd (and not
    g4dn, whose g comes before it); the first one was a1. Source: "Amazon EC2 instance type naming conventions".
    """
    family = instance_type.partition(".")[0]
    generation = re.fullmatch(r"[a-z]+\d+([a-z-]*)", family)
    graviton = family == "a1" or (generation is not None and "g" in generation[1])
    return "arm64" if graviton else "x86_64"


def image_for(instance_type: str) -> str:
    """Return the dynamic reference to the newest image; CloudFormation resolves it at each create and update."""
    return "{{resolve:ssm:" + IMAGE_PARAMETER.format(architecture=architecture(instance_type)) + "}}"


def architecture_of_image(image: Value | None) -> str | None:
    """Return the architecture of an image from an AWS public parameter, whose name contains it.

    None for an image id, which doesn't contain it, and for other parameters.
    """
    if not isinstance(image, str) or "{{resolve:ssm:/aws/service/" not in image:
        return None
    if re.search(r"arm64|aarch64", image):
        return "arm64"
    return "x86_64" if re.search(r"x86_64|amd64", image) else None
