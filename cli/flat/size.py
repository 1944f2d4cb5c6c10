"""How to deploy a flat template, depending on its size."""

import json
from typing import Any

from cli.program_name import with_program_name
from resilient_website.facts.cloudformation_quotas import MAX_BODY_BYTES, MAX_TEMPLATE_BYTES


def flat_text(template: dict[str, Any]) -> str:
    """Return a flat template as JSON: indented, unless it fits a limit only without indentation."""
    indented = json.dumps(template, indent=2, ensure_ascii=False) + "\n"
    compact = json.dumps(template, separators=(",", ":"), ensure_ascii=False) + "\n"
    reachable = MAX_BODY_BYTES if _size(compact) <= MAX_BODY_BYTES else MAX_TEMPLATE_BYTES
    return indented if _size(indented) <= reachable else compact


def size_note(text: str, file: str) -> str | None:
    """Return how to deploy a template that is too large for a request; None if it is not."""
    size = _size(text)
    if size <= MAX_BODY_BYTES:
        return None
    return with_program_name(
        f"{file} has {size:,} bytes. CloudFormation accepts {MAX_BODY_BYTES:,} in a request; larger templates must "
        "be in S3. Either let the AWS CLI upload it:\n"
        f"  aws cloudformation deploy --template-file {file} --s3-bucket BUCKET --stack-name NAME "
        "--capabilities CAPABILITY_IAM\n"
        f"or upload it with `build_templates.py publish {file} --bucket BUCKET`, which prints how to launch it, and "
        "its URL for `build_templates.py stackset --template-url`. The Console uploads a file that you choose there."
    )


def _size(text: str) -> int:
    return len(text.encode())
