"""Published templates are read as the SAM CLI reads them, but for the differences listed with their reasons."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from cli.template_file import as_plain_json
from cli.template_text import TemplateTextError, parse
from tests.cli.published_templates import Published, published

LISTED = tomllib.loads((Path(__file__).parent / "reader_differences.toml").read_text())["difference"]
REFUSED = object()
MIN_EQUAL = 300


def ours(text: str) -> Any:
    """Return what our reader gives, or what it says."""
    try:
        return as_plain_json(parse(text).value)
    except TemplateTextError as error:
        return str(error)


def sams(text: str) -> Any:
    """Return what the SAM CLI's reader gives; REFUSED where it raises, whatever that is."""
    try:
        return as_plain_json(yaml_parse(text))
    except Exception:
        return REFUSED


@pytest.fixture(scope="module")
def templates() -> list[Published]:
    return list(published())


def test_published_templates_are_read_as_sam_reads_them(templates: list[Published]) -> None:
    found = [(each.path, ours(each.text), sams(each.text)) for each in templates]
    refused = [path for path, our, sam in found if sam is REFUSED and isinstance(our, str)]
    differing = {path: our for path, our, sam in found if our != sam and path not in refused}
    reported = {path: our if isinstance(our, str) else "read otherwise" for path, our in differing.items()}
    equal = len(found) - len(refused) - len(reported)
    print(
        f"{len(found)} published templates: {equal} read alike, {len(refused)} refused by both, {len(reported)} differ"
    )
    assert reported == {each["path"]: each["answer"] for each in LISTED}
    assert all(each["reason"].strip() for each in LISTED)
    assert equal >= MIN_EQUAL
    # What both refuse is few, so that a reader that refuses all can't pass.
    assert len(refused) * 20 < len(found)
