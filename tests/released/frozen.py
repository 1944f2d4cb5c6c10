"""What a released version made of sites: the examples in full, and the digests of many others."""

import hashlib
import json
from pathlib import Path
from typing import Any

from launch.parameter_values import parameter_values
from launch.template_file import read_template, to_json
from resilient_website.expand import TYPES, expand_template
from tests.diff.neighbours import PAIRS
from tests.emulator.endpoint import ROOT

Json = dict[str, Any]

FOLDER = ROOT / "tests" / "goldens" / "released"
DIGESTS = "digests.json"
REGIONS = ("us-east-1", "eu-west-1", "ap-east-1")


def folder(version: int) -> Path:
    return FOLDER / str(version)


def freeze(version: int) -> list[Path]:
    """Write what a version expands to, and return the files. Raises FileExistsError for one that is released."""
    place = folder(version)
    place.mkdir(parents=True)
    written = []
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        template = of_version(read_template(path), version)
        values = parameter_values(template, {})
        expanded = expand_template(template, values, REGIONS[0])
        written.append(place / f"{path.stem}.json")
        written[-1].write_text(to_json({"written": template, "parameters": values, "expanded": expanded}))
    sites = [(region, site) for pair in PAIRS.values() for site in pair for region in REGIONS]
    entries = [
        {"region": region, "properties": site, "sha256": digest(site, region, version)} for region, site in sites
    ]
    written.append(place / DIGESTS)
    written[-1].write_text(to_json({"sites": entries}))
    return written


def of_version(template: Json, version: int) -> Json:
    """Return a template whose sites name a version."""
    changed: Json = json.loads(json.dumps(template))
    for body in changed["Resources"].values():
        if body["Type"] in TYPES:
            body["Properties"] = {**body.get("Properties", {}), "Version": version}
    return changed


def digest(properties: Json, region: str, version: int) -> str:
    """Return the SHA-256 of what a site expands to, resource for resource in their order."""
    compact = {"Type": "ResilientWebsite", "Properties": {**properties, "Version": version}}
    expanded = expand_template({"Resources": {"Site": compact}}, {}, region)
    return hashlib.sha256(to_json(expanded).encode()).hexdigest()
