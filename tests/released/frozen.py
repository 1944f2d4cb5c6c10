"""What a released version made of sites: one example in full, to be read, and the digests of all others."""

import hashlib
import json
from contextlib import suppress
from pathlib import Path
from typing import Any

from cli.parameter_values import parameter_values
from cli.template_file import read_template, to_json
from resilient_website.cloudformation.template_checks import TYPES
from resilient_website.expand import expand_template
from resilient_website.facts.regions import REGIONS as ALL_REGIONS
from resilient_website.problems import InvalidTemplateError
from tests.diff.neighbours import PAIRS
from tests.kept import kept
from tools.repository import ROOT

Json = dict[str, Any]

FOLDER = ROOT / "tests" / "goldens" / "released"
DIGESTS = "digests.json"
READABLE = "everything"
REGIONS = ("us-east-1", "eu-west-1", "ap-east-1")

# Facts about Regions show in the expansions of these: one is valid where CloudFront's prefix list is known, the other
# in every Region.
SMALL: Json = {"Network": {"AvailabilityZones": 2}, "Database": False, "Cache": False}
SMALL_ANYWHERE: Json = {**SMALL, "LoadBalancer": {"CloudFrontPrefixListId": "pl-0123456789abcdef0"}}


def folder(version: int) -> Path:
    return FOLDER / str(version)


def freeze(version: int) -> list[Path]:
    """Write what a version expands to, and return the files. Raises FileExistsError for one that is released."""
    texts = {**_examples(version), DIGESTS: to_json({"sites": _digests(version)})}
    place = folder(version)
    place.mkdir(parents=True)
    for name, text in texts.items():
        (place / name).write_text(text)
    return [place / name for name in texts]


def _examples(version: int) -> dict[str, str]:
    found = {}
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        template = of_version(read_template(path), version)
        values = parameter_values(template, {})
        expanded = expand_template(template, values, REGIONS[0])
        kept = {"expanded": expanded} if path.stem == READABLE else {"sha256": digest_of(expanded)}
        found[f"{path.stem}.json"] = to_json({"written": template, "parameters": values, **kept})
    return found


def _digests(version: int) -> list[Json]:
    """Return the digests of sites in the Regions that take them: of many in some, and of small ones in all."""
    many = ((site, region) for pair in PAIRS.values() for site in pair for region in REGIONS)
    small = ((site, region) for site in (SMALL, SMALL_ANYWHERE) for region in ALL_REGIONS)
    entries = []
    for site, region in (*many, *small):
        with suppress(InvalidTemplateError):
            entries.append({"region": region, "properties": site, "sha256": digest(site, region, version)})
    return entries


def of_version(template: Json, version: int) -> Json:
    """Return a template whose sites name a version."""
    changed: Json = json.loads(json.dumps(template))
    for body in changed["Resources"].values():
        if body["Type"] in TYPES:
            body["Properties"] = {**body.get("Properties", {}), "Version": version}
    return changed


@kept(1024)
def digest(properties: Json, region: str, version: int) -> str:
    """Return the SHA-256 of what a site expands to, resource for resource in their order. Kept: pairs share sites."""
    compact = {"Type": "ResilientWebsite", "Properties": {**properties, "Version": version}}
    expanded = expand_template({"Resources": {"Site": compact}}, {}, region)
    return digest_of(expanded)


def digest_of(expanded: Json) -> str:
    """Return the SHA-256 of an expanded template, resource for resource in their order."""
    return hashlib.sha256(to_json(expanded).encode()).hexdigest()
