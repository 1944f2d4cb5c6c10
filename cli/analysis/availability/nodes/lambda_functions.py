"""Lambda functions behind APIs: their permissions, and whether their code serves saved pages.

Code is parsed, never run. The names of environment variables show that a page is saved below the prefix SAVED of the
bucket BUCKET, and that the friendly page has the key FRIENDLY; the handler shows which status is returned when.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass

from cli.analysis.availability.nodes.stores import Statement
from cli.analysis.availability.references import reference, referenced_id
from cli.analysis.availability.resources import Resource, Resources

VARIABLES = ("BUCKET", "SAVED", "FRIENDLY")


@dataclass(frozen=True)
class Serving:
    """What a handler returns: for these methods a saved page if it exists, otherwise the friendly page.

    `own_text`: it has a built-in text if it can't read the friendly page. `needs`: required environment variables.
    """

    methods: tuple[str, ...]
    saved_status: int
    friendly_status: int
    own_text: bool
    needs: frozenset[str]


@dataclass(frozen=True)
class LambdaFunction:
    """A function; `serving` is None if its code does not serve saved pages or is not understood."""

    logical_id: str
    role: str
    variables: dict[str, str]
    serving: Serving | None
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
    file, _, handler = held.text("Handler").rpartition(".")
    code = held.inner("Code").text("ZipFile") if file == "index" and held.text("Runtime").startswith("python") else ""
    return LambdaFunction(
        made.logical_id,
        held.text("Role"),
        {name: variables.text(name) for name in variables.held},
        read(code, handler),
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


def read(code: str, handler: str) -> Serving | None:
    """Return what a Python handler returns; None if its code is not understood."""
    try:
        module = ast.parse(code)
    except (SyntaxError, ValueError):
        return None
    made = next((node for node in module.body if isinstance(node, ast.FunctionDef) and node.name == handler), None)
    if made is None or len(made.body) < 2:
        return None
    *_, choice, last = made.body
    saved = choice.body[0] if isinstance(choice, ast.If) and not choice.orelse and len(choice.body) == 1 else None
    needs = frozenset(_variables(module))
    methods = [tuple(found) for node in made.body if (found := _methods(node))]
    statuses = _status(saved), _status(last)
    whole = needs.issuperset(VARIABLES) and len(methods) == 1 and len(list(_returns(made))) == 2
    names = {node.id for node in ast.walk(last) if isinstance(node, ast.Name)}
    if not whole or "FRIENDLY" not in names or statuses[0] is None or statuses[1] is None:
        return None
    own_text = any(isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) for node in ast.walk(last))
    return Serving(methods[0], statuses[0], statuses[1], own_text, needs)


def _returns(made: ast.FunctionDef) -> Iterator[ast.Return]:
    return (node for node in ast.walk(made) if isinstance(node, ast.Return))


def _status(node: ast.stmt | None) -> int | None:
    """Return the status of `return answer(status, ...)`."""
    if not isinstance(node, ast.Return) or not isinstance(node.value, ast.Call) or not node.value.args:
        return None
    first = node.value.args[0]
    return first.value if isinstance(first, ast.Constant) and type(first.value) is int else None


def _methods(node: ast.stmt) -> list[str]:
    """Return the methods of `event["httpMethod"] in (...)`."""
    for part in ast.walk(node):
        if (
            isinstance(part, ast.Compare)
            and isinstance(part.left, ast.Subscript)
            and isinstance(part.left.slice, ast.Constant)
            and part.left.slice.value == "httpMethod"
            and isinstance(part.ops[0], ast.In)
            and isinstance(part.comparators[0], ast.Tuple)
        ):
            return [str(item.value) for item in part.comparators[0].elts if isinstance(item, ast.Constant)]
    return []


def _variables(module: ast.Module) -> Iterator[str]:
    """Yield the names of required environment variables: those in `os.environ[...]`."""
    for node in ast.walk(module):
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            of = node.value
            if isinstance(of, ast.Attribute) and of.attr == "environ":
                yield str(node.slice.value)
