"""What the size of a flat template means for the way on from here."""

import json
from typing import Any

# What can be sent to CloudFormation in a request. Up to 1 MB, it has to fetch the template from S3. Source: "Understand
# CloudFormation quotas".
MAX_IN_A_REQUEST = 51_200
MOST = 1_000_000


def flat_text(template: dict[str, Any]) -> str:
    """Return a flat template as JSON: indented, unless it is only without indentation that it keeps to a limit."""
    indented = json.dumps(template, indent=2, ensure_ascii=False) + "\n"
    compact = json.dumps(template, separators=(",", ":"), ensure_ascii=False) + "\n"
    reachable = MAX_IN_A_REQUEST if _size(compact) <= MAX_IN_A_REQUEST else MOST
    return indented if _size(indented) <= reachable else compact


def size_note(text: str, file: str) -> str | None:
    """Return what to do with a template that is too large for a request; None if it is not."""
    size = _size(text)
    if size <= MAX_IN_A_REQUEST:
        return None
    return (
        f"{file} has {size:,} bytes. CloudFormation takes {MAX_IN_A_REQUEST:,} in a request; a larger template it has "
        "to fetch from S3. Either let the AWS CLI see to that:\n"
        f"  aws cloudformation deploy --template-file {file} --s3-bucket BUCKET --stack-name NAME "
        "--capabilities CAPABILITY_IAM\n"
        f"or let `build_templates.py publish {file} --bucket BUCKET` put it there: it says what to launch, and its URL "
        "is what `build_templates.py stackset --template-url` takes. The Console uploads a file that you choose there "
        "by itself."
    )


def _size(text: str) -> int:
    return len(text.encode())
