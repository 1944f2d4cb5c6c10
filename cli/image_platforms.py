"""The platforms that a container image is built for, as a registry's manifest of it says."""

import json

# Without them, Amazon ECR converts an image for several platforms to one of Docker's older formats. Source:
# "BatchGetImage" in the Amazon ECR API Reference; the media types of the OCI image specification, and Docker's.
LISTS = ("application/vnd.oci.image.index.v1+json", "application/vnd.docker.distribution.manifest.list.v2+json")
MANIFESTS = ("application/vnd.oci.image.manifest.v1+json", "application/vnd.docker.distribution.manifest.v2+json")

# The names of EC2's architectures in images: those of Go. Source: the OCI image specification, "platform".
IN_IMAGES = {"arm64": "arm64", "x86_64": "amd64"}


def lacking(manifest: str, architecture: str) -> tuple[str, str] | None:
    """Return what is wrong with an image for servers of an architecture of EC2, and what to do; None if nothing is.

    Only the list of an image for several platforms has their names. Images that buildx builds have one.
    """
    listed = json.loads(manifest or "{}").get("manifests") or []
    platforms = {str((each.get("platform") or {}).get("architecture")) for each in listed} - {"None", "unknown"}
    wanted = IN_IMAGES[architecture]
    if not platforms or wanted in platforms:
        return None
    found = f"it is built for {', '.join(sorted(platforms))}, but the servers are {architecture}"
    return found, f"build it with `docker buildx build --platform linux/{wanted}`, or change InstanceType"
