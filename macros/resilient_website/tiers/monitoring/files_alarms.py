"""The alarms of the shared files: operations close to their limit, and credits of bursting throughput that run out."""

from collections.abc import Iterator

from resilient_website.tiers.files import Files
from resilient_website.tiers.monitoring.alarm import AlarmRow, Metric

IO_LIMIT_PERCENT = 95
# What is left is enough for an hour at 100 MiB/s, to which the smallest file system bursts. Source: "Amazon EFS
# performance specifications", Bursting throughput.
CREDITS = 100 * 2**20 * 3600
DESCRIBED = "aws efs describe-file-systems --file-system-id ${FileSystemId} --region ${AWS::Region}"
SECTION = "the-shared-files-are-slow"


def rows(files: Files) -> Iterator[AlarmRow]:
    """Yield the alarms. Elastic throughput has no credits."""
    dimensions = {"FileSystemId": files.file_system_id}
    yield AlarmRow(
        "FilesIoLimitAlarm",
        f"The shared files have used more than {IO_LIMIT_PERCENT} % of the operations that EFS allows.",
        "Serve uploads through CloudFront with a Cache-Control header, and keep code and caches on the server's disk.",
        (Metric("AWS/EFS", "PercentIOLimit", dimensions),),
        IO_LIMIT_PERCENT,
        15,
        command=DESCRIBED,
        section=SECTION,
    )
    if files.bursting:
        yield AlarmRow(
            "FilesBurstCreditsAlarm",
            "The shared files have burst credits for less than an hour; without credits, they are slow.",
            "Write Files: {ThroughputMode: elastic}, which changes in place.",
            (Metric("AWS/EFS", "BurstCreditBalance", dimensions, "Minimum"),),
            CREDITS,
            15,
            below=True,
            command=DESCRIBED,
            section=SECTION,
        )
