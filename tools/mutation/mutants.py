"""Finds the places that cosmic-ray can change, and draws the sample."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cosmic_ray.ast import ast_nodes, get_ast_from_path
from cosmic_ray.ast.ast_query import ASTQuery
from cosmic_ray.plugins import get_operator
from cosmic_ray.work_item import MutationSpec

from tools.coverage.suite import SOURCES, package

# cosmic-ray replaces each comparison and each arithmetic operator by every other; one replacement each, the one that
# is the easiest to overlook, keeps the sample from being full of them. Left out: the removal of a decorator (without
# @dataclass nothing can be imported, and without @cache everything stays as it was).
OPERATORS = tuple(
    f"core/{name}"
    for name in (
        "AddNot",
        "ExceptionReplacer",
        "NumberReplacer",
        "ReplaceAndWithOr",
        "ReplaceBinaryOperator_Add_Sub",
        "ReplaceBinaryOperator_BitAnd_BitOr",
        "ReplaceBinaryOperator_BitOr_BitAnd",
        "ReplaceBinaryOperator_Div_Mul",
        "ReplaceBinaryOperator_FloorDiv_Mul",
        "ReplaceBinaryOperator_Mod_Mul",
        "ReplaceBinaryOperator_Mul_Add",
        "ReplaceBinaryOperator_Pow_Mul",
        "ReplaceBinaryOperator_Sub_Add",
        "ReplaceBreakWithContinue",
        "ReplaceComparisonOperator_Eq_NotEq",
        "ReplaceComparisonOperator_GtE_Gt",
        "ReplaceComparisonOperator_Gt_GtE",
        "ReplaceComparisonOperator_IsNot_Is",
        "ReplaceComparisonOperator_Is_IsNot",
        "ReplaceComparisonOperator_LtE_Lt",
        "ReplaceComparisonOperator_Lt_LtE",
        "ReplaceComparisonOperator_NotEq_Eq",
        "ReplaceContinueWithBreak",
        "ReplaceFalseWithTrue",
        "ReplaceOrWithAnd",
        "ReplaceTrueWithFalse",
        "ReplaceUnaryOperator_Delete_Not",
        "ReplaceUnaryOperator_USub_UAdd",
        "ZeroIterationForLoop",
    )
)
# Fewer say nothing about a package.
MIN_PER_PACKAGE = 5


@dataclass(frozen=True)
class Mutant:
    """One change: `place` numbers the operator's changes of lines with the same text in a definition, from 0.

    `name` is the mutant's identity, without its line number: it stays while the line and its function do.
    """

    path: str
    line: int
    operator: str
    occurrence: int
    place: int
    text: str
    definition: str
    start: tuple[int, int]
    end: tuple[int, int]

    @property
    def name(self) -> str:
        """Return what identifies the mutant."""
        return f"{self.path}:{self.definition}:{self.text}:{self.operator}:{self.place}"

    @property
    def package(self) -> str:
        """Return the row of the table that it is counted in."""
        return package(self.path)

    def specification(self, folder: Path) -> MutationSpec:
        """Return what cosmic-ray needs to make it in a copy of the project."""
        return MutationSpec(folder / self.path, self.operator, self.occurrence, self.start, self.end)


def mutants(root: Path) -> list[Mutant]:
    """Return every mutant of the project."""
    found = (path for source in SOURCES for path in (root / source).rglob("*.py"))
    return [mutant for path in sorted(found) for mutant in _of_file(path, path.relative_to(root).as_posix())]


def rank(mutant: Mutant, seed: int) -> bytes:
    """Return a mutant's place in a random order, which depends on the seed and on its name alone."""
    return hashlib.sha256(f"{seed}:{mutant.name}".encode()).digest()


def sample(every: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """Return `count` mutants, spread over the packages in proportion to their number, at least some of each.

    A change of one file leaves the sample of the others as it is.
    """
    ranked = sorted(every, key=lambda mutant: rank(mutant, seed))
    packages: dict[str, list[Mutant]] = defaultdict(list)
    for mutant in ranked:
        packages[mutant.package].append(mutant)
    shares = {
        name: max(min(MIN_PER_PACKAGE, len(members)), -(-count * len(members) // len(every)))
        for name, members in packages.items()
    }
    chosen = [mutant for name, members in packages.items() for mutant in members[: shares[name]]]
    return sorted(chosen, key=lambda mutant: (mutant.path, mutant.line, mutant.operator, mutant.place))


def _of_file(path: Path, name: str) -> Iterator[Mutant]:
    """Yield the mutants of a file, operator by operator, in the order of Cosmic Ray's occurrences."""
    lines = path.read_text(encoding="utf-8").splitlines()
    nodes = list(ast_nodes(get_ast_from_path(path)))
    for operator_name in OPERATORS:
        operator = get_operator(operator_name)()
        seen: Counter[tuple[str, str]] = Counter()
        occurrence = -1
        for node in nodes:
            for start, end in operator.mutation_positions(node):
                occurrence += 1
                if _is_annotation(node) or _is_star(node):
                    continue
                text, definition = lines[start[0] - 1].strip(), ASTQuery(node).get_definition_name() or ""
                yield Mutant(
                    path=name,
                    line=start[0],
                    operator=operator_name,
                    occurrence=occurrence,
                    place=seen[definition, text],
                    text=text,
                    definition=definition,
                    start=start,
                    end=end,
                )
                seen[definition, text] += 1


def _is_annotation(node: Any) -> bool:
    """Return whether a node is part of a type hint, which has no effect when the code runs."""
    while (parent := node.parent) is not None:
        if parent.type == "annassign" and node is parent.children[1]:
            return True
        if parent.type == "tfpdef" and node is not parent.children[0]:
            return True
        if parent.type == "param" and node is getattr(parent, "annotation", None):
            return True
        if parent.type == "funcdef" and node is parent.annotation:
            return True
        node = parent
    return False


def _is_star(node: Any) -> bool:
    """Return whether a node is the star of an argument or a parameter, which cosmic-ray takes for an operator."""
    arithmetic = {"arith_expr", "term", "factor", "power", "expr", "xor_expr", "and_expr", "shift_expr"}
    return getattr(node, "value", "") in {"*", "**"} and node.parent.type not in arithmetic
