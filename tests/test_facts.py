"""A fact about AWS is in one module of facts/, and nowhere else."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
import yaml

import resilient_website.facts
from remote_stack import properties as remote_stack
from resilient_website.facts import cloudformation_quotas, cloudfront, ports, rds, runtimes
from resilient_website.facts.log_retention import FORM_DAYS
from resilient_website.facts.store_identity import IDENTITY
from resilient_website.facts.stores import STORES
from tools.repository import ROOT

FACTS = Path(resilient_website.facts.__file__).parent
PRODUCT = sorted(path for room in ("macros/resilient_website", "cli") for path in (ROOT / room).rglob("*.py"))
OTHERS = [path for path in PRODUCT if FACTS not in path.parents]

# So many entries in common, of a list that has few others, are a copy and no coincidence.
MIN_COPIED = 4
COPIED_SHARE = 0.75

# From which length a text, and from which value a number is rarely the same as another one by chance.
MIN_TEXT = 12
MIN_ODD = 1000

# Facts whose entries are words that other lists need too: keywords of a language, pseudo parameters.
COMMON_WORDS = ("mysql_reserved_words.RESERVED_WORDS", "typical_lengths.TYPICAL")

# Texts and numbers of which a second literal is a copy.
SINGLE = {
    cloudfront.CLOUDFRONT_REGION,
    cloudfront.CLOUDFRONT_HOSTED_ZONE_ID,
    cloudfront.CACHING_DISABLED,
    cloudfront.CACHING_OPTIMIZED,
    cloudfront.ALL_VIEWER,
    cloudformation_quotas.STACK_NAME.pattern,
    cloudformation_quotas.MAX_BODY_BYTES,
    1_048_576,
    *(ports.MYSQL, ports.REDIS, ports.MEMCACHED, ports.NFS),
    *(rds.EXTENDED_SUPPORT, rds.NO_EXTENDED_SUPPORT, *rds.STANDARD_SUPPORT_ENDED.values()),
    *(runtimes.PYTHON, runtimes.CLOUDFRONT_JAVASCRIPT),
}


@cache
def tables() -> dict[str, frozenset[str]]:
    """Return the facts with several entries by name: the members of sequences, the keys of maps, as texts."""
    found = {}
    for path in sorted(FACTS.glob("[a-z]*.py")):
        module = import_module(f"resilient_website.facts.{path.stem}")
        for name, value in vars(module).items():
            if name.isupper() and isinstance(value, tuple | frozenset | dict) and len(value) >= MIN_COPIED:
                found[f"{path.stem}.{name}"] = frozenset(map(str, value))
    return {name: entries for name, entries in found.items() if name not in COMMON_WORDS}


def literals(tree: ast.AST) -> Iterator[tuple[int, frozenset[str]]]:
    """Return the line and the constant entries of each sequence, set and map in a module."""
    for node in ast.walk(tree):
        entries = node.keys if isinstance(node, ast.Dict) else getattr(node, "elts", ())
        yield (
            getattr(node, "lineno", 0),
            frozenset(str(each.value) for each in entries if isinstance(each, ast.Constant) and each.value is not None),
        )


def copies(source: str) -> list[str]:
    """Return a line for each literal of a module that repeats a fact."""
    tree = ast.parse(source)
    found = [
        f"line {line} repeats {name}: {sorted(entries)}"
        for line, entries in literals(tree)
        if len(entries) >= MIN_COPIED
        for name, facts in tables().items()
        if len(entries & facts) >= max(MIN_COPIED, COPIED_SHARE * len(entries))
    ]
    return found + [
        f"line {node.lineno} repeats {node.value!r}"
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and node.value in SINGLE
    ]


def test_no_module_repeats_a_fact() -> None:
    found = {str(path.relative_to(ROOT)): copies(path.read_text(encoding="utf-8")) for path in OTHERS}
    assert {path: lines for path, lines in found.items() if lines} == {}


@pytest.mark.parametrize(
    "source",
    [
        "DAYS = ['1', '3', '5', '7']",
        f"NOUNS = {dict.fromkeys(list(STORES)[:4], 'store')!r}",
        "EDGE = 'us-east-1'",
        "MAX = 51_200",
    ],
)
def test_copy_is_noticed(source: str) -> None:
    assert copies(source)


# Constants that have the same value in two modules and mean different things.
COINCIDENCES = {
    "'ResilientWebsite'": "the name under which the macro is installed, and the namespace of its functions' metrics",
    "'load-balancer'": "the name of a source in `logs`, and a prefix in the bucket of logs",
    "('A', 'AAAA', 'CNAME')": "the records that visitors use, and those that prevent another one with the same name",
    "(502, 503, 504)": "what the model answers for an origin that it can't reach, and what a distribution replaces",
}


def constants(source: str) -> Iterator[str]:
    """Yield the values of a module's constants that are rarely the same by chance: texts, lists, and odd numbers."""
    for node in ast.parse(source).body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        try:
            value = ast.literal_eval(node.value)
        except ValueError:
            continue
        is_text = isinstance(value, str) and len(value) >= MIN_TEXT and "::" not in value
        is_list = isinstance(value, tuple | list | set | dict) and len(value) > 1
        is_odd = isinstance(value, int) and value > MIN_ODD and all(value % factor for factor in (60, 100, 1024))
        if is_text or is_list or is_odd:
            yield ast.unparse(node.value)


def test_no_constant_is_defined_in_two_modules() -> None:
    found: dict[str, set[str]] = {}
    for path in PRODUCT:
        if "applications" not in path.parts:
            for value in constants(path.read_text(encoding="utf-8")):
                found.setdefault(value, set()).add(str(path.relative_to(ROOT)))
    repeated = {value: sorted(paths) for value, paths in found.items() if len(paths) > 1}
    assert {value: paths for value, paths in repeated.items() if value not in COINCIDENCES} == {}
    assert repeated.keys() >= COINCIDENCES.keys(), "a coincidence is no longer one: remove it"


@pytest.mark.parametrize("value", ["'X-Origin-Verify'", "(1, 2)", "{'a': 1, 'b': 2}", "3306", "[1, 2]"])
def test_constants_are_seen(value: str) -> None:
    assert list(constants(f"NAME = {value}\nOTHER: Any = {value}")) == [value, value]


@pytest.mark.parametrize("value", ["'a'", "'AWS::RDS::DBInstance'", "(1,)", "3600", "4096", "call()"])
def test_values_that_are_often_the_same_are_not_compared(value: str) -> None:
    assert list(constants(f"NAME = {value}")) == []


def test_tables_are_seen() -> None:
    assert {"stores.STORES", "log_retention.RETENTION_DAYS", "regions.REGIONS"} <= tables().keys()


@pytest.mark.parametrize("path", sorted(FACTS.glob("[a-z]*.py")), ids=lambda path: path.stem)
def test_facts_have_a_source(path: Path) -> None:
    assert re.search(r"Sources?\b|Generated|Estimates", path.read_text(encoding="utf-8"))


def test_protected_stores_are_those_with_an_identity() -> None:
    assert set(IDENTITY) == {name for name, store in STORES.items() if store.protected}


def test_installer_offers_the_retention_of_the_forms() -> None:
    """template.yaml is YAML that SAM reads: it can't import the list."""
    text = (ROOT / "template.yaml").read_text(encoding="utf-8")
    (listed,) = re.findall(r"AllowedValues: (\[1, 3.*\])", text)
    assert yaml.safe_load(listed) == list(FORM_DAYS)


def test_packaged_functions_have_the_same_quotas() -> None:
    """A function is packaged without the macro: it can't import its facts."""
    assert remote_stack.MAX_TEMPLATE_BYTES == cloudformation_quotas.MAX_BODY_BYTES
    assert remote_stack.MAX_PARAMETER_LENGTH == cloudformation_quotas.MAX_PARAMETER_BYTES
