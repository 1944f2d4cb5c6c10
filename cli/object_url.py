"""Addresses of objects in S3, in every partition of AWS."""

import re
from functools import cache
from urllib.parse import quote


def object_url(bucket: str, region: str, key: str) -> str:
    """Return an object's https URL. A bucket name with dots does not match the certificate of its own host name."""
    path = quote(key)
    host = f"s3.{region}.{dns_suffix(region)}"
    return f"https://{host}/{bucket}/{path}" if "." in bucket else f"https://{bucket}.{host}/{path}"


@cache
def dns_suffix(region: str) -> str:
    """Return what the names of a Region's endpoints end with, by botocore's own list of partitions.

    A Region that no partition of the list has gets the suffix of the first one, as in botocore's rules of endpoints.
    """
    from botocore.loaders import Loader  # noqa: PLC0415  # only commands that call AWS need botocore

    partitions = Loader().load_data("partitions")["partitions"]
    own = (each for each in partitions if region in each["regions"] or re.match(each["regionRegex"], region))
    return str(next(own, partitions[0])["outputs"]["dnsSuffix"])
