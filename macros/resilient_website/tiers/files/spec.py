"""The shared files' properties and defaults, and checks."""

from resilient_website.cloudformation.intrinsics import Value
from resilient_website.frozen import frozen
from resilient_website.reading.arns import check_region
from resilient_website.reading.kms_keys import KMS_KEY
from resilient_website.reading.properties import PropertyGroup, prop
from resilient_website.reading.property_types import Choice
from resilient_website.reading.reader import Reader

FILE_SYSTEM = "AWS::EFS::FileSystem"
ELASTIC, BURSTING = "elastic", "bursting"
NEVER = "None"

# Source: "LifecyclePolicy" in the Amazon EFS API Reference, TransitionToIA.
TRANSITIONS = (
    "AFTER_1_DAY",
    "AFTER_7_DAYS",
    "AFTER_14_DAYS",
    "AFTER_30_DAYS",
    "AFTER_60_DAYS",
    "AFTER_90_DAYS",
    "AFTER_180_DAYS",
    "AFTER_270_DAYS",
    "AFTER_365_DAYS",
)


@frozen
class FilesSpec(PropertyGroup):
    """The shared files' properties and defaults."""

    throughput_mode: str = prop(
        "ThroughputMode",
        Choice((ELASTIC, BURSTING)),
        ELASTIC,
        known_at_expansion=True,
        maps_to=f"{FILE_SYSTEM}.ThroughputMode",
        reason="elastic: no credits that run out, and charges for each gigabyte read and written. With bursting, "
        "throughput is free, but a small file system has a baseline of 1 MiB/s only",
    )
    transition_to_ia: str = prop(
        "TransitionToIA",
        Choice((*TRANSITIONS, NEVER)),
        "AFTER_30_DAYS",
        known_at_expansion=True,
        maps_to=f"{FILE_SYSTEM}.LifecyclePolicies",
        reason="most uploads are read in their first weeks only. Infrequent Access costs a twentieth for storage, and "
        "a file returns to Standard when it is read. None: all files stay in Standard",
    )
    kms_key_id: Value | None = prop(
        "KmsKeyId",
        KMS_KEY,
        None,
        presence_decides=True,
        examples=("alias/website", "arn:aws:kms:us-east-1:123456789012:key/aaaaaaaa-1234-1234-1234-123456789012"),
        maps_to=f"{FILE_SYSTEM}.KmsKeyId",
        reason="the AWS managed key aws/elasticfilesystem when absent. A change replaces the file system",
    )

    @property
    def is_bursting(self) -> bool:
        """Whether throughput depends on credits."""
        return self.throughput_mode == BURSTING


def check(spec: FilesSpec, path: str, reader: Reader, *, copied: bool) -> None:
    """Note a key of another Region, and a site with a copy in another Region (`copied`), which would have no files."""
    why = "EFS accepts only keys of its own Region"
    check_region(spec.kms_key_id, reader.region, f"{path}.KmsKeyId", reader, wanted="the ARN of a key", why=why)
    if copied:
        found = "found together with Secondary, whose copy would not have the files: the site does not replicate them"
        fix = "write Files: false, and store uploads in an S3 bucket; or Secondary: Static (docs/second-region.md)"
        reader.problem(path, found, fix, rests_on=[f"{path.rpartition('.')[0]}.Secondary"])
