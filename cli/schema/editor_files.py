"""The files with which editors and linters know a site: schemas, a rule for cfn-lint, and their configuration."""

import json
from collections.abc import Iterator
from pathlib import Path

from cli.schema.schemas import resource_type_schema, template_schema
from cli.template_file import to_json, write_file
from resilient_website.cloudformation.template_checks import TYPES

FOLDER = ".resilient-website"
TEMPLATE_SCHEMA = f"{FOLDER}/template.schema.json"

# The first line of a template: the YAML language server reads the schema from it.
MODELINE = f"# yaml-language-server: $schema={TEMPLATE_SCHEMA}"

CFNLINTRC = f"""\
# With these, cfn-lint and `sam validate --lint` accept a ResilientWebsite, and report what the macro would refuse.
registry_schemas:
- {FOLDER}/resource-types
append_rules:
- {FOLDER}/cfn-lint-rules
# A site may refer to itself, as in ${{Site.Url}}; the macro reports real circles.
ignore_checks:
- E3004
"""

RULE = '''\
"""The macro's own problems as errors of cfn-lint.

Where cfn-lint runs in an environment without ResilientWebsite's command line, it checks the rest of the template only.
"""

try:
    from cli.cfn_lint.rules import ResilientWebsiteProblems
except ModuleNotFoundError:
    pass
'''

# Short forms of intrinsic functions, by the kind of YAML value after the tag. Source: "Intrinsic function reference".
TAGS = {
    "scalar": ("Ref", "GetAtt", "Sub", "Condition", "Base64", "GetAZs", "ImportValue", "ToJsonString"),
    "sequence": (
        *("And", "Cidr", "Equals", "FindInMap", "GetAtt", "If", "Join", "Not", "Or", "Select", "Split", "Sub"),
        *("Base64", "Length"),
    ),
    "mapping": ("Base64", "ImportValue", "GetAZs", "Transform", "ToJsonString"),
}


def write_editor_files(folder: Path) -> Iterator[Path]:
    """Write the files into a site's folder, and yield their paths. Configuration that exists is left as it is."""
    missing = {name: text for name, text in _configuration().items() if not (folder / name).exists()}
    for name, text in {**_generated(), **missing}.items():
        write_file(folder / name, text)
        yield folder / name


def other_configuration(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield each file of configuration that has other settings, with what is to be added to it."""
    for name, text in _configuration().items():
        path = folder / name
        if path.exists() and path.read_text(encoding="utf-8") != text:
            yield path, text


def names_schema(folder: Path) -> bool:
    """Return whether a template in the folder names the schema in its first line."""
    templates = [path for path in folder.glob("*.y*ml") if path.is_file()]
    return any(path.read_bytes().startswith(MODELINE.encode()) for path in templates)


def _generated() -> dict[str, str]:
    """Return the files that every version writes anew, from the property tables."""
    return {
        TEMPLATE_SCHEMA: to_json(template_schema()),
        f"{FOLDER}/resource-types/{TYPES[0]}.json": to_json(resource_type_schema()),
        f"{FOLDER}/cfn-lint-rules/resilient_website.py": RULE,
    }


def _configuration() -> dict[str, str]:
    """Return the files that a team may have with settings of its own."""
    tags = [f"!{name} {kind}" for kind, names in TAGS.items() for name in names]
    return {".cfnlintrc": CFNLINTRC, ".vscode/settings.json": json.dumps({"yaml.customTags": tags}, indent=2) + "\n"}
