"""The regular expressions of the code that reads other people's text, and recheck's judgement of them."""

import ast
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from resilient_website.reading.collection_types import AnyOf, ListOf, MapOf
from resilient_website.reading.properties import Property, properties
from resilient_website.reading.property_groups import Group, OptionalGroup
from resilient_website.reading.property_types import PropertyType, Text
from resilient_website.site_spec import ALL_PROPERTIES
from tools.repository import ROOT

TOOLS = ROOT / "tests" / "tools"

# Functions of `re` that match from the beginning; the others may begin anywhere.
ANCHORED = ("match", "fullmatch")
FUNCTIONS = ("compile", "search", "split", "sub", "findall", "finditer", *ANCHORED)

# How the pattern of a form's field begins that may be empty.
OR_EMPTY = "^$|"

# Its limits on time judge a fast machine's patterns otherwise than a busy one's; without them, those on steps decide.
# The native program takes a quarter of the time of the same code as JavaScript, which any machine can run.
JUDGE = """
const { check } = require("recheck");
const limits = { timeout: null, incubationTimeout: null, attackTimeout: null };
async function judged(source, flags) {
  const verdict = await check(source, flags, limits);
  return [verdict.status, verdict.complexity ? verdict.complexity.type : String(verdict.error && verdict.error.kind)];
}
async function all(expressions) {
  const verdicts = [];
  for (const [source, flags] of expressions) verdicts.push(await judged(source, flags));
  return verdicts;
}
all(JSON.parse(process.argv[1])).then(verdicts => {
  console.log(JSON.stringify(verdicts));
  process.exit();
});
"""
NATIVE = TOOLS / "node_modules" / "recheck-linux-x64"


@dataclass(frozen=True)
class Expression:
    """One pattern: its location, and how it is matched."""

    where: str
    pattern: str
    function: str
    multiline: bool = False

    def in_javascript(self) -> tuple[str, str]:
        """Return source and flags of the same expression in JavaScript, which is what recheck reads.

        Forms take an empty text beside what the property takes. To find out whether a text is empty takes no time, so
        that the expression is as safe as without it: and that is judged for the property.
        """
        pattern = (
            self.pattern.removeprefix(OR_EMPTY if self.function == "fullmatch" else "")
            .removeprefix("(?s)")
            .replace(r"\A", "^")
            .replace("/", r"\/")
        )
        source = {"match": f"^(?:{pattern})", "fullmatch": f"^(?:{pattern})$"}.get(self.function, pattern)
        return source, ("s" if self.pattern.startswith("(?s)") else "") + ("m" if self.multiline else "")


def in_code(folder: Path) -> Iterator[Expression]:
    """Yield the expressions that are written as arguments of `re`'s functions; what is put into one is an @."""
    for path in sorted(folder.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.Call(func=ast.Attribute(value=ast.Name(id="re"), attr=name)) if name in FUNCTIONS:
                    where = f"{path.relative_to(ROOT)}:{node.lineno}"
                    pattern = _written(node.args[0])
                    if pattern is not None:
                        yield Expression(where, pattern, name, any(each.arg == "flags" for each in node.keywords))


def _written(argument: ast.expr) -> str | None:
    """Return a pattern that is written out; None for a name, whose value has to be found another way."""
    match argument:
        case ast.Constant(value=str() as pattern):
            return pattern
        case ast.JoinedStr(values=parts):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "@" for part in parts)
    return None


def of_properties() -> Iterator[Expression]:
    """Yield the patterns of all properties of the compact resource."""
    for row in _all(ALL_PROPERTIES):
        for kind in _kinds(row.kind):
            if isinstance(kind, Text):
                yield Expression(row.name, kind.pattern, "fullmatch")


def _all(rows: tuple[Property, ...]) -> Iterator[Property]:
    for row in rows:
        yield row
        for kind in _kinds(row.kind):
            if isinstance(kind, Group | OptionalGroup):
                yield from _all(properties(kind.spec))


def _kinds(kind: PropertyType) -> Iterator[PropertyType]:
    yield kind
    if isinstance(kind, ListOf | MapOf):
        yield from _kinds(kind.item)
    if isinstance(kind, AnyOf):
        for each in kind.kinds:
            yield from _kinds(each)


def judged(expressions: list[Expression]) -> list[tuple[str, str]]:
    """Return recheck's status of each expression (safe, vulnerable, unknown), and what its time grows with."""
    once = list(dict.fromkeys(each.in_javascript() for each in expressions))
    asked = json.dumps(once)
    program = "native" if NATIVE.exists() else "pure"
    done = subprocess.run(
        ["node", "-e", JUDGE, asked],
        env={"PATH": "/usr/bin:/bin", "NODE_PATH": str(TOOLS / "node_modules"), "RECHECK_BACKEND": program},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, f"run `make test-tools`: {done.stderr}"
    reported = dict(zip(once, json.loads(done.stdout), strict=True))
    return [(reported[each.in_javascript()][0], reported[each.in_javascript()][1]) for each in expressions]
