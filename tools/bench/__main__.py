"""Measures the expansion of the largest example, warm and cold, beside what can't be avoided, in one run.

Warm: as a multiple of `json.loads` and `json.dumps` of the result itself, which every macro has to do.
Cold: import and first expansion in a fresh interpreter without bytecode, as a Lambda function's first call (bytecode of
another Python version is as good as none), as a multiple of the interpreter's own start.
Hostile: the slowest answer to the templates of hostile_templates.py, each asked for once, beside the two seconds that
an answer may take.
Sizes: each expanded example beside what it was in version 0.1.0.
"""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from resilient_website.functions.code import Layer
from resilient_website.handler import handler
from tools.bench.hostile_templates import HOSTILE
from tools.bench.sizes import sizes

ROOT = Path(__file__).resolve().parents[2]
COLD_RUNS = 5
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
def main(types: bool, hostile: bool) -> None:
    """Print both ratios, with the times that they are made of (the best of several runs, in milliseconds)."""
    # What the installer tells the macro's function.
    os.environ["FUNCTIONS_LAYER_ARN"] = Layer.any().arn
    if hostile:
        _print_hostile(each=True)
        return
    name, template = _largest_example()
    parameters = parameter_values(template, {})

    def expand() -> dict[str, Any]:
        return expand_template(template, parameters, "us-east-1")

    text = json.dumps(expand())
    warm = _best(expand, 30)
    unavoidable = _best(lambda: json.dumps(json.loads(text)), 30)
    resources = json.loads(text)["Resources"]
    print(f"largest example: {name}, {len(resources)} resources, {len(text)} bytes")
    if types:
        for kind, count in sorted(Counter(body["Type"] for body in resources.values()).items()):
            print(f"{count:5} {kind}")
    print(
        f"warm: {warm:.2f} ms = {warm / unavoidable:.1f} x json.loads + json.dumps of the result ({unavoidable:.2f} ms)"
    )
    event = {"fragment": template, "templateParameterValues": parameters, "region": "us-east-1", "requestId": "bench"}
    path = ROOT / "build" / "bench-event.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(event))
    cold = _best(lambda: _python("-c", COLD, str(path)), COLD_RUNS)
    start = _best(lambda: _python("-c", "import json"), COLD_RUNS)
    path.unlink()
    print(f"cold: {cold:.0f} ms = {cold / start:.1f} x a Python that imports json ({start:.0f} ms), without bytecode")
    _print_hostile()
    for size in sizes():
        print(f"size: {size.example}, {size.now} bytes = {size.growth:+.1%} beside the {size.earlier} of version 0.1.0")


def _print_hostile(*, each: bool = False) -> None:
    """Print the slowest answer to a hostile template; with `each`, every one of them first."""
    times: dict[str, float] = {}
    for name, make in HOSTILE.items():
        event = {"fragment": make(), "region": "us-east-1", "requestId": "bench"}
        times[name] = _best(partial(handler, event, None), 1)
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


def _best(work: Callable[[], Any], runs: int) -> float:
    """Return the fastest of several runs, in milliseconds: what the machine does besides only ever adds."""
    times = []
    for _ in range(runs):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return 1000 * min(times)


def _python(*arguments: str) -> None:
    # A cache prefix that does not exist keeps existing bytecode out; the flag keeps new bytecode from being written.
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "macros"), "PYTHONPYCACHEPREFIX": "/nonexistent"}
    subprocess.run([sys.executable, "-B", *arguments], env=environment, check=True)


if __name__ == "__main__":
    main()
