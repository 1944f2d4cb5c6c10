"""ReplicationConfiguration of a bucket: ministack replicates after PutBucketReplication, and overlooks the property.

Sources: "PutBucketReplication" in the S3 API reference (both buckets versioned; a rule with a Filter says what it does
with delete markers) and "AWS::S3::Bucket ReplicationConfiguration" in the CloudFormation reference.
"""

import re
from collections.abc import Iterator
from typing import Any
from xml.sax.saxutils import escape

from ministack.services import s3  # type: ignore[import-not-found]
from ministack.services.cloudformation import provisioners  # type: ignore[import-not-found]

Json = dict[str, Any]

PROPERTY = "ReplicationConfiguration"
# What CloudFormation calls by another name than the API.
_NAMES = {"Rules": "Rule", "Id": "ID", "TagFilter": "Tag", "TagFilters": "Tag"}


def register() -> None:
    """Wrap the handlers of buckets."""
    handlers = provisioners._RESOURCE_HANDLERS["AWS::S3::Bucket"]
    own_create, own_update, own_delete = handlers["create"], handlers["update"], handlers["delete"]

    def create(logical_id: str, props: Json, stack: str) -> Any:
        made = own_create(logical_id, props, stack)
        try:
            _configure(made[0], {}, props)
        except ValueError:
            own_delete(made[0], props)
            raise
        return made

    def update(name: str, old: Json, new: Json, stack: str) -> Any:
        updated = own_update(name, old, new, stack)
        _configure(updated[0], old if updated[0] == name else {}, new)
        return updated

    def delete(name: str, props: Json) -> None:
        own_delete(name, props)
        s3._bucket_replication.pop(name, None)

    handlers.update(create=create, update=update, delete=delete)


def _configure(bucket: str, old: Json, new: Json) -> None:
    before, after = old.get(PROPERTY), new.get(PROPERTY)
    if before == after:
        return
    if not after:
        s3._delete_bucket_replication(bucket)
        return
    for rule in after["Rules"]:
        _check(rule)
    status, _, body = s3._put_bucket_replication(bucket, f"<{PROPERTY}>{_xml(after)}</{PROPERTY}>".encode())
    if status >= 300:
        raise ValueError(re.sub("<[^>]*>", " ", body.decode()).strip())


def _check(rule: Json) -> None:
    """Raise what S3 answers, and ministack does not, of a rule."""
    if "Filter" in rule and not ("DeleteMarkerReplication" in rule and "Priority" in rule):
        raise ValueError(
            "Priority and DeleteMarkerReplication must be specified for this version of the replication configuration "
            "schema."
        )
    if s3._bucket_owner_account(rule["Destination"]["Bucket"].rpartition(":")[2]) is None:
        raise ValueError("Destination bucket must exist.")


def _xml(value: Any) -> str:
    return "".join(_elements(value)) if isinstance(value, dict) else escape(str(value))


def _elements(value: Json) -> Iterator[str]:
    for name, content in value.items():
        tag = _NAMES.get(name, name)
        for entry in content if isinstance(content, list) else [content]:
            yield f"<{tag}>{_xml(entry)}</{tag}>"
