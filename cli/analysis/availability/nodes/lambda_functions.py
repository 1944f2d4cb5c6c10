"""Lambda functions behind APIs: their permissions, and whether their code serves saved pages.

Code is neither run nor parsed: the macro's own code is known, with what it does (`page_server.py`), any other is not.
"""

from dataclasses import dataclass

from cli.analysis.availability.nodes.stores import Statement
from cli.analysis.availability.references import reference, referenced_id
from cli.analysis.availability.resources import Resource, Resources
from resilient_website.inline import page_server

VARIABLES = (page_server.BUCKET, page_server.SAVED, page_server.FRIENDLY)


@dataclass(frozen=True)
class LambdaFunction:
    """A function; `serving` is None if its code is not the macro's for saved pages."""

    logical_id: str
    role: str
    variables: dict[str, str]
    serving: page_server.Serving | None
    calls: tuple[Statement, ...]

    @property
    def is_for_pages(self) -> bool:
        """Whether its environment variables show that it serves saved pages."""
        return all(self.variables.get(name) for name in VARIABLES)


def lambda_functions(resources: Resources) -> dict[str, LambdaFunction]:
    """Return the functions by logical id."""
    permissions = list(resources.of_type("AWS::Lambda::Permission"))
    return {made.logical_id: _function(made, permissions) for made in resources.of_type("AWS::Lambda::Function")}


def _function(made: Resource, permissions: list[Resource]) -> LambdaFunction:
    held = made.properties
    variables = held.inner("Environment").inner("Variables")
    runs = held.text("Handler") == page_server.HANDLER and held.text("Runtime").startswith("python")
    return LambdaFunction(
        made.logical_id,
        held.text("Role"),
        {name: variables.text(name) for name in variables.held},
        page_server.meaning(held.inner("Code").text("ZipFile")) if runs else None,
        tuple(_call(made, item) for item in permissions if _is_for(made, item)),
    )


def _is_for(function: Resource, permission: Resource) -> bool:
    named = permission.properties.text("FunctionName")
    return referenced_id(named) == function.logical_id or (
        bool(named) and named == function.properties.text("FunctionName")
    )


def _call(function: Resource, permission: Resource) -> Statement:
    """Return a permission as a statement of the function's policy."""
    held = permission.properties
    conditions = (
        ("ArnLike", "aws:sourcearn", held.text("SourceArn")),
        ("StringEquals", "aws:sourceaccount", held.text("SourceAccount")),
    )
    return Statement(
        allows=True,
        principals=(("Service", held.text("Principal")),),
        actions=(held.text("Action"),),
        resources=(reference(function.logical_id, "Arn"),),
        conditions=tuple((operator, key, (value,)) for operator, key, value in conditions if value),
    )
