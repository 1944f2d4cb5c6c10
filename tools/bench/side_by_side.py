"""Measures the macro and the command line side by side with what a user would pick instead, in one run."""

import compileall
import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from cli.parameter_values import parameter_values
from cli.template_file import read_template
from resilient_website.expand import expand_template
from tools.bench import packaged, profiles
from tools.bench.peers import cdk_programs, installed, serverless, troposphere_script
from tools.bench.timing import best_of_processor, best_together, process, python
from tools.repository import ROOT

EXAMPLE = ROOT / "examples" / "minimal.yaml"
BARE = """
import runpy, sys
from tools.bench.timing import best_of_processor
build = runpy.run_path(sys.argv[1])["build"]
print(best_of_processor({"": lambda: build().to_dict()}, int(sys.argv[2]))[""])
"""
COMMAND = "import sys; sys.argv[0] = 'resilient-website'; from cli.main import main; main()"

# The names of goals.GOALS, by what is measured for them.
COMMANDS = {"help": "--help", "diff": "diff", "failures": "failures"}
CDK = {
    "js off": "CDK in JavaScript, validation off",
    "js on": "CDK in JavaScript, validation on",
    "python off": "CDK in Python, validation off",
    "python on": "CDK in Python, validation on",
}

Works = dict[str, Callable[[], Any]]


def measure(*, peers: bool, runs: int, warm_runs: int) -> tuple[dict[str, float], list[str]]:
    """Return the ratios by the names of goals.GOALS, and lines that say what they are made of.

    Without `peers`, neither the CDK nor the SAM translator is asked, and nothing is installed. `runs` is how often each
    process is started, but the CDK with its validation, which takes seconds: that is started twice. `warm_runs` is how
    often what is measured within one process is done.
    """
    with TemporaryDirectory() as held:
        folder = Path(held)
        ratios, said = _warm(folder, warm_runs)
        handler, boto3 = packaged.imports(_made(folder / "package"), runs)
        ratios["import"] = handler.milliseconds / boto3.milliseconds
        loaded = ", ".join(handler.heavy) or "none"
        said.append(
            f"import: {handler.milliseconds:.0f} ms the packaged handler, {boto3.milliseconds:.0f} ms boto3; "
            f"of {', '.join(packaged.HEAVY)} the handler loads {loaded}"
        )
        said.append(f"profile of the import: {profiles.packages(packaged.import_times(folder / 'package'))}")
        works = _processes(folder)
        if peers:
            script, source = serverless.write(folder, len(_expansion(EXAMPLE)["Resources"]))
            works["SAM translator"] = lambda: python(script, source)
        times = best_together(works, runs)
        if peers:
            times |= _cdk(folder, runs)
        return ratios | _of_processes(times), [
            *said,
            *(f"process: {time:7.0f} ms  {name}" for name, time in times.items()),
        ]


def _warm(folder: Path, runs: int) -> tuple[dict[str, float], list[str]]:
    """Return the ratios of what is measured within one process."""
    largest = ROOT / "examples" / "everything.yaml"
    ratios: dict[str, float] = {}
    said = []
    for name, path in (("warm", largest), ("per resource", EXAMPLE)):
        template = read_template(path)
        parameters = parameter_values(template, {})
        expansion = expand_template(template, parameters, "us-east-1")
        text = json.dumps(expansion)
        script = folder / f"{path.stem}_script.py"
        script.write_text(troposphere_script.script(expansion), encoding="utf-8")
        before = _bare(script, runs)
        times = best_of_processor(
            {
                "expansion": lambda: expand_template(template, parameters, "us-east-1"),  # noqa: B023  # called here
                "JSON": lambda: json.dumps(json.loads(text)),  # noqa: B023
            },
            runs,
        )
        bare = min(before, _bare(script, runs))
        ratios[name] = times["expansion"] / (times["JSON"] if name == "warm" else bare)
        said.append(
            f"warm: {path.name}, {len(expansion['Resources'])} resources: {times['expansion']:.2f} ms; bare "
            f"troposphere {bare:.2f} ms = {bare / times['JSON']:.1f} x json.loads + json.dumps of the result "
            f"({times['JSON']:.2f} ms)"
        )
        said.append(f"profile of the expansion: {profiles.phases(template, parameters, 'us-east-1', runs)}")
    return ratios, said


def _bare(script: Path, runs: int) -> float:
    """Return the milliseconds of the fastest of several runs of a bare troposphere script, imported once.

    In a process by itself, where troposphere is as its users have it: the macro's constructor would make it faster.
    """
    return float(python("-c", BARE, script, str(runs)))


def _processes(folder: Path) -> Works:
    """Return the processes that are measured always: the command line's, and what they are compared with."""
    for part in ("cli", "macros", "custom_resources"):
        # An installation has bytecode, as the libraries have it here. Some environments keep Python from writing it.
        compileall.compile_dir(ROOT / part, quiet=2)
    expansion = _expansion(EXAMPLE)
    script = folder / "bare.py"
    script.write_text(troposphere_script.script(expansion), encoding="utf-8")
    flat = folder / "expanded.json"
    flat.write_text(json.dumps(expansion), encoding="utf-8")
    return {
        "import boto3": lambda: python("-c", "import boto3"),
        "bare troposphere script": lambda: python(script),
        "expand": lambda: python("-c", COMMAND, "expand", EXAMPLE),
        "--help": lambda: python("-c", COMMAND, "--help"),
        "diff": lambda: python("-c", COMMAND, "diff", EXAMPLE, EXAMPLE),
        "failures": lambda: python("-c", COMMAND, "failures", EXAMPLE),
    }


def _cdk(folder: Path, runs: int) -> dict[str, float]:
    """Return the milliseconds that the CDK takes for the same resources, with and without validation."""
    cdk = installed.install()
    expansion = _expansion(EXAMPLE)
    javascript, python_app = cdk.folder / "app.js", _made(folder / "cdk") / "app.py"
    javascript.write_text(cdk_programs.javascript(expansion), encoding="utf-8")
    python_app.write_text(cdk_programs.python(expansion), encoding="utf-8")

    def run(program: tuple[str | Path, ...], where: Path, *, validation: bool) -> Callable[[], Any]:
        quiet = {"CDK_VALIDATION": str(validation).lower(), "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": "1"}
        return lambda: process(program, folder=where, environment=quiet)

    of_node, of_python = ("node", javascript), (cdk.python, python_app)
    off = {
        "CDK in JavaScript, validation off": run(of_node, cdk.folder, validation=False),
        "CDK in Python, validation off": run(of_python, python_app.parent, validation=False),
    }
    on = {
        "CDK in JavaScript, validation on": run(of_node, cdk.folder, validation=True),
        "CDK in Python, validation on": run(of_python, python_app.parent, validation=True),
    }
    return best_together(off, runs) | best_together(on, min(runs, 2))


def _of_processes(times: dict[str, float]) -> dict[str, float]:
    """Return the ratios of the processes that were measured."""
    ratios = {"expand": times["expand"] / times["bare troposphere script"]}
    ratios |= {name: times[command] / times["import boto3"] for name, command in COMMANDS.items()}
    return ratios | {name: times[peer] / times["expand"] for name, peer in CDK.items() if peer in times}


def _expansion(path: Path) -> dict[str, Any]:
    template = read_template(path)
    return expand_template(template, parameter_values(template, {}), "us-east-1")


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True)
    return folder
