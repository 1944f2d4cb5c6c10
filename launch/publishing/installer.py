"""The installer as a plain template: what `sam build` built, with its code in a bucket of every Region."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from launch.publishing.package import Package, code_package
from launch.template_file import read_template
from resilient_website.problems import InvalidTemplateError, Problem

MAPPING = "CodeBuckets"


def bucket_names(pattern: str, regions: tuple[str, ...]) -> dict[str, str]:
    """Return the bucket of each Region: the pattern with {region} filled in, or the Region put behind it."""
    pattern = pattern if "{region}" in pattern else f"{pattern}-{{region}}"
    return {region: pattern.replace("{region}", region) for region in regions}


def built_template(folder: Path) -> dict[str, Any]:
    """Return the template that `sam build` left in a folder."""
    path = folder / "template.yaml"
    if not path.is_file():
        advice = "run `sam build` first, or say where its result is"
        raise InvalidTemplateError([Problem("--build-dir", f"there is no {path}", advice)])
    return read_template(path)


def packages(template: Mapping[str, Any], folder: Path, prefix: str) -> dict[str, Package]:
    """Return the code of each function, by its logical id."""
    functions = {
        name: folder / str(body["Properties"]["CodeUri"])
        for name, body in template["Resources"].items()
        if "CodeUri" in body.get("Properties", {})
    }
    lost = [
        Problem(f"Resources.{name}.Properties.CodeUri", f"{path} is no folder", "run `sam build` again")
        for name, path in functions.items()
        if not path.is_dir()
    ]
    if lost:
        raise InvalidTemplateError(lost)
    return {name: code_package(prefix, path) for name, path in functions.items()}


def flat_installer(
    template: Mapping[str, Any], code: Mapping[str, Package], buckets: Mapping[str, str]
) -> dict[str, Any]:
    """Return the installer without its transform, for StackSets and quick-create links.

    Each function takes its code from its own Region's bucket, which a mapping names: Lambda reads no other Region's.
    """
    resources = {name: dict(body) for name, body in template["Resources"].items()}
    bucket = {"Fn::FindInMap": [MAPPING, {"Ref": "AWS::Region"}, "Name"]}
    for name, package in code.items():
        location = {"Bucket": bucket, "Key": package.key}
        resources[name]["Properties"] = {**resources[name]["Properties"], "CodeUri": location}
    # Here: it takes half a second, which the other commands need not wait.
    from samtranslator.translator.arn_generator import ArnGenerator  # noqa: PLC0415
    from samtranslator.translator.transform import transform  # noqa: PLC0415

    names = {region: {"Name": bucket} for region, bucket in buckets.items()}
    located = {**template, "Mappings": {**template.get("Mappings", {}), MAPPING: names}, "Resources": resources}
    # SAM takes the partition from a Region that it otherwise looks for in the environment.
    ArnGenerator.BOTO_SESSION_REGION_NAME = next(iter(buckets))
    made: dict[str, Any] = transform(located, {}, _NoManagedPolicies())
    for body in made["Resources"].values():
        # Where `sam build` found things on the machine that built them.
        body.pop("Metadata", None)
    return made


class _NoManagedPolicies:
    """What SAM's translator asks for names of managed policies; the installer uses none."""

    def load(self) -> dict[str, str]:
        return {}
