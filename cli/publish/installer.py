"""The installer as a template without transforms: the output of `sam build`, with its code in a bucket per Region."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cli.publish.package import Package, code_package
from cli.template_file import read_template
from resilient_website.problems import InvalidTemplateError, Problem

MAPPING = "CodeBuckets"

# The metadata for `sam publish`.
APPLICATION = "AWS::ServerlessRepo::Application"

# The properties of SAM's resources that say where a function's or a layer's code is. Source:
# "AWS::Serverless::Function" and "AWS::Serverless::LayerVersion" in the AWS SAM specification.
CODE = ("CodeUri", "ContentUri")


def bucket_names(pattern: str, regions: tuple[str, ...]) -> dict[str, str]:
    """Return the bucket of each Region: the pattern with {region} replaced, or followed by the Region."""
    pattern = pattern if "{region}" in pattern else f"{pattern}-{{region}}"
    return {region: pattern.replace("{region}", region) for region in regions}


def built_template(folder: Path) -> dict[str, Any]:
    """Return the template that `sam build` wrote to a folder."""
    path = folder / "template.yaml"
    if not path.is_file():
        advice = "run `sam build` first, or give its output folder"
        raise InvalidTemplateError([Problem("--build-dir", f"there is no {path}", advice)])
    return read_template(path)


def packages(template: Mapping[str, Any], folder: Path, prefix: str) -> dict[str, Package]:
    """Return the code of the function and of the layer, by their logical ids."""
    folders = {name: (place, folder / str(body["Properties"][place])) for name, body, place in with_code(template)}
    lost = [
        Problem(f"Resources.{name}.Properties.{place}", f"{path} is not a folder", "run `sam build` again")
        for name, (place, path) in folders.items()
        if not path.is_dir()
    ]
    if lost:
        raise InvalidTemplateError(lost)
    return {name: code_package(prefix, path) for name, (_, path) in folders.items()}


def with_code(template: Mapping[str, Any]) -> Iterator[tuple[str, Any, str]]:
    """Yield the resources that have code: their logical ids, their bodies, and the property that says where it is."""
    for name, body in template["Resources"].items():
        for place in CODE:
            if place in body.get("Properties", {}):
                yield name, body, place


def flat_installer(
    template: Mapping[str, Any], code: Mapping[str, Package], buckets: Mapping[str, str]
) -> dict[str, Any]:
    """Return the installer without its transform, for StackSets and quick-create links.

    A mapping gives the Region's own bucket for the code: Lambda can't read from other Regions.
    """
    resources = {name: dict(body) for name, body in template["Resources"].items()}
    bucket = {"Fn::FindInMap": [MAPPING, {"Ref": "AWS::Region"}, "Name"]}
    for name, body, place in list(with_code({"Resources": resources})):
        location = {"Bucket": bucket, "Key": code[name].key}
        resources[name]["Properties"] = {**body["Properties"], place: location}
    names = {region: {"Name": bucket} for region, bucket in buckets.items()}
    located = {**template, "Mappings": {**template.get("Mappings", {}), MAPPING: names}, "Resources": resources}
    made = _translated(located, next(iter(buckets)))
    # What only SAM reads: it contains paths on the machine that ran `sam build`.
    made.get("Metadata", {}).pop(APPLICATION, None)
    for body in made["Resources"].values():
        body.pop("Metadata", None)
    return made


def _translated(template: dict[str, Any], region: str) -> dict[str, Any]:
    """Return what SAM's transform makes of a template: samtranslator's `transform`, with the Region that it needs."""
    # Imported here: it takes half a second.
    import boto3  # noqa: PLC0415
    from samtranslator.parser.parser import Parser  # noqa: PLC0415
    from samtranslator.translator.translator import Translator  # noqa: PLC0415
    from samtranslator.utils.py27hash_fix import (  # noqa: PLC0415
        to_py27_compatible_template,
        undo_mark_unicode_str_in_template,
    )

    # Without a session, SAM looks for the Region in the environment. The installer names no managed policies.
    translator = Translator({}, Parser(), boto_session=boto3.Session(region_name=region))
    to_py27_compatible_template(template, {})
    made: dict[str, Any] = undo_mark_unicode_str_in_template(translator.translate(template, parameter_values={}))
    return made
