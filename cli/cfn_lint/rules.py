"""A rule for cfn-lint: every problem for which the macro would refuse the template, at its line and column.

Use it with `cfn-lint --append-rules cli.cfn_lint.rules`, or list it under `append_rules` in `.cfnlintrc`, as `init`
does; `sam validate --lint` reads that file too. Loading this module also makes the type known to cfn-lint, so that it
checks `!GetAtt Site.Url`.
"""

from typing import Any

from cfnlint.rules import CloudFormationLintRule, RuleMatch
from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, Schema
from cfnlint.template import Template

from cli.parameter_values import parameter_values
from cli.problem_path import keys
from cli.schema.schemas import resource_type_schema
from cli.template_file import as_plain_json
from resilient_website.expand import expand_template
from resilient_website.problems import InvalidTemplateError
from resilient_website.read_template import sites


class ResilientWebsiteProblems(CloudFormationLintRule):  # type: ignore[misc]  # cfn-lint has no types here
    """Report each of the macro's problems as an error of cfn-lint."""

    # Source: "Creating custom rules" in cfn-lint's documentation, which keeps 9000 to 9999 for rules of others.
    id = "E9501"
    shortdesc = "A ResilientWebsite must be one that the macro expands"
    description = "Expands every ResilientWebsite of the template, and reports why the macro would refuse it."
    tags = ("resources", "resilient-website")

    def match(self, cfn: Template) -> list[RuleMatch]:
        """Return a match for each problem of a template with sites."""
        template = as_plain_json(cfn.template)
        if not sites(template.get("Resources") or {}):
            return []
        try:
            expand_template(template, parameter_values(template, {}), cfn.regions[0])
        except InvalidTemplateError as error:
            return [RuleMatch(keys(template, each.path), f"{each.found}; {each.fix}") for each in error.problems]
        return []


def _register_type() -> None:
    """Add the schema of the type to cfn-lint, as its option `--registry-schemas` does for a folder of files."""
    schemas: dict[str, Any] = PROVIDER_SCHEMA_MANAGER._registry_schemas  # it loads folders only
    made = Schema(resource_type_schema())
    schemas.setdefault(made.type_name, made)


_register_type()
