"""Runs the function that protects stores as a process, as Lambda would, in a stack of some status."""

from pathlib import Path
from typing import Any

from tests.custom_resources import fallback_site_function
from tests.custom_resources.fake_s3 import FakeS3

Json = dict[str, Any]


class Function(fallback_site_function.Function):
    """Runs the function for requests. It asks for its stack's status, and touches nothing else."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.module = "update_protection.handler"

    def run(self, *requests: Json) -> list[Json]:
        """Return the answers to requests, one each."""
        with FakeS3() as s3:
            answers = self(s3, *requests)
            assert s3.objects == {}
        return answers


def request(kind: str, properties: Json, old: Json | None = None, **more: Any) -> Json:
    before = {} if old is None else {"OldResourceProperties": old}
    names = {"LogicalResourceId": "SiteUpdateProtection", "ResourceType": "Custom::UpdateProtection"}
    return fallback_site_function.request(kind, properties, **names, **before, **more)
