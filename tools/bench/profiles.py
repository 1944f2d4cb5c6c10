"""Shows where the time goes: the phases of an expansion, and the packages in an import."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from resilient_website import site
from resilient_website.cloudformation.encoding import encoded
from resilient_website.context import Context
from resilient_website.expand import expand_template
from resilient_website.read_template import Deployment, read_template
from tools.bench.timing import best_of_processor

MAX_PACKAGES = 4


def phases(template: Mapping[str, Any], parameters: Mapping[str, Any], region: str, runs: int) -> str:
    """Return the shares of an expansion: reading, building, encoding, and the rest (merging, references, checks).

    They are those of the fastest of several `runs`.
    """
    made_for = Deployment(parameters, region)
    read = read_template(template, made_for)
    contexts = {name: Context(name, region, spec.version, spec.security.roles) for name, spec in read.specs.items()}
    built = [site.build(contexts[name], spec) for name, spec in read.specs.items()]
    times = best_of_processor(
        {
            "reading and checking the properties": lambda: read_template(template, made_for),
            "building with troposphere": lambda: [site.build(contexts[n], spec) for n, spec in read.specs.items()],
            "encoding as JSON": lambda: [encoded(resource) for each in built for resource in each.resources],
            "all": lambda: expand_template(template, parameters, region),
        },
        runs,
    )
    total = times.pop("all")
    times["merging, references and checks of the result"] = total - sum(times.values())
    return ", ".join(f"{name} {100 * time / total:.0f} %" for name, time in times.items())


def packages(import_times: str) -> str:
    """Return the shares of the packages in what `python -X importtime` wrote, the largest first."""
    shares: Counter[str] = Counter()
    for line in import_times.splitlines():
        own, _, rest = line.removeprefix("import time:").partition("|")
        if own.strip().isdecimal():
            shares[rest.rpartition("|")[2].strip().partition(".")[0]] += int(own)
    named = [name for name, _ in shares.most_common(MAX_PACKAGES)]
    total = shares.total()
    others = total - sum(shares[name] for name in named)
    return ", ".join(
        [*(f"{name} {100 * shares[name] / total:.0f} %" for name in named), f"others {100 * others / total:.0f} %"]
    )
