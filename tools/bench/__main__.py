"""Measures the expansion of the largest example, warm and cold, beside what can't be avoided, in one run.

Warm: as a multiple of `json.loads` and `json.dumps` of the result itself, which every macro has to do.
Cold: import and first expansion in a fresh interpreter without bytecode, as a Lambda function's first call (bytecode of
another Python version is as good as none), as a multiple of the interpreter's own start.
Hostile: the slowest answer to the templates of hostile_templates.py, each asked for once, beside the two seconds that
an answer may take.
Sizes: each expanded example beside what it was in version 0.1.0.
Side by side: the table of goals.py, measured by side_by_side.py.
"""

import json
import os
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.functions.code import Layer
from resilient_website.handler import handler
from tools.bench import goals, growth, page, side_by_side
from tools.bench.hostile_templates import HOSTILE
from tools.bench.sizes import sizes
from tools.bench.timing import WARM_RUNS, best, best_of_processor, process
from tools.repository import ROOT

RUNS = 5
HOSTILE_LIMIT = 2000

COLD = """
import json, sys
from resilient_website.handler import handler
answer = handler(json.load(open(sys.argv[1])), None)
assert answer["status"] == "success", answer
"""


@click.command()
@click.option("--types", is_flag=True, help="Also print how many resources of each type there are.")
@click.option("--hostile", is_flag=True, help="Print how long each hostile template takes, and nothing else.")
@click.option(
    "--quick", is_flag=True, help="Measure once, without the CDK, the SAM translator and hostile templates; no network."
)
@click.option("--write-docs", is_flag=True, help="Also write docs/performance.md and its chart.")
def main(types: bool, hostile: bool, quick: bool, write_docs: bool) -> None:
    """Print all ratios, with the times that they are made of (the best of several runs, in milliseconds)."""
    # What the installer tells the macro's function.
    os.environ["FUNCTIONS_LAYER_ARN"] = Layer.any().arn
    if hostile:
        _print_hostile(each=True)
        return
    runs, warm_runs = (1, 1) if quick else (RUNS, WARM_RUNS)
    name, template = _largest_example()
    _print_warm(name, template, warm_runs, types=types)
    _print_cold(template, runs)
    if not quick:
        _print_hostile()
    for size in sizes():
        print(f"size: {size.example}, {size.now} bytes = {size.growth:+.1%} beside the {size.earlier} of version 0.1.0")
    ratios, said = side_by_side.measure(peers=not quick, runs=runs, warm_runs=warm_runs)
    print(*said, "", goals.table(ratios), sep="\n")
    if write_docs:
        page.write(goals.table(ratios), said, growth.points(runs))


def _print_warm(name: str, template: dict[str, Any], runs: int, *, types: bool) -> None:
    """Print the time and the size of an expansion; with `types`, its resources by type."""
    parameters = parameter_values(template, {})

    def expand() -> dict[str, Any]:
        return expand_template(template, parameters, "us-east-1")

    text = json.dumps(expand())
    times = best_of_processor({"warm": expand, "JSON": lambda: json.dumps(json.loads(text))}, runs)
    resources = json.loads(text)["Resources"]
    print(f"largest example: {name}, {len(resources)} resources, {len(text)} bytes")
    if types:
        for kind, count in sorted(Counter(body["Type"] for body in resources.values()).items()):
            print(f"{count:5} {kind}")
    ratio = times["warm"] / times["JSON"]
    print(
        f"warm: {times['warm']:.2f} ms = {ratio:.1f} x json.loads + json.dumps of the result ({times['JSON']:.2f} ms)"
    )


def _print_cold(template: dict[str, Any], runs: int) -> None:
    parameters = parameter_values(template, {})
    event = {"fragment": template, "templateParameterValues": parameters, "region": "us-east-1", "requestId": "bench"}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "event.json"
        path.write_text(json.dumps(event), encoding="utf-8")
        cold = best(lambda: _python("-c", COLD, str(path)), runs)
        start = best(lambda: _python("-c", "import json"), runs)
    print(f"cold: {cold:.0f} ms = {cold / start:.1f} x a Python that imports json ({start:.0f} ms), without bytecode")


def _print_hostile(*, each: bool = False) -> None:
    """Print the slowest answer to a hostile template; with `each`, every one of them first."""
    times: dict[str, float] = {}
    for name, make in HOSTILE.items():
        event = {"fragment": make(), "region": "us-east-1", "requestId": "bench"}
        times[name] = best_of_processor({name: partial(handler, event, None)}, 1)[name]
        if each:
            print(f"{times[name]:8.0f} ms  {name}")
    slowest = max(times, key=lambda name: times[name])
    part = times[slowest] / HOSTILE_LIMIT
    print(f"hostile: {times[slowest]:.0f} ms = {part:.0%} of {HOSTILE_LIMIT} ms, for {slowest}; {len(times)} templates")


def _largest_example() -> tuple[str, dict[str, Any]]:
    def size(path: Path) -> int:
        template = read_template(path)
        return len(expand_template(template, parameter_values(template, {}), "us-east-1")["Resources"])

    largest = max((ROOT / "examples").glob("*.yaml"), key=size)
    return largest.name, read_template(largest)


def _python(*arguments: str) -> None:
    # A cache prefix that does not exist keeps existing bytecode out; the flag keeps new bytecode from being written.
    environment = {"PYTHONPATH": str(ROOT / "macros"), "PYTHONPYCACHEPREFIX": "/nonexistent"}
    process([sys.executable, "-B", *arguments], environment=environment)


if __name__ == "__main__":
    main()
