"""The command `cost`: what a template costs a month, by tier, from a dated price list."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
from rich.table import Table

from cli.analysis.costs.charge import Amounts, Charge, Traffic
from cli.analysis.costs.estimate import LEFT_OUT, Estimate, estimate
from cli.analysis.costs.other_halves import other_halves
from cli.analysis.costs.price_list import PriceList, price_list
from cli.console import report_console
from cli.macro_listed import require_macro
from cli.options import json_option, print_json, problems_on_stderr
from cli.parameter_values import parameter_values
from cli.region_options import region_option
from cli.template_file import read_template
from cli.template_parameters import template_parameters_option
from cli.traffic_options import traffic_options
from resilient_website.expand import expand_template
from resilient_website.read_template import read_sites

EXAMPLES = """
\b
Examples:
  build_templates.py cost examples/minimal.yaml
  build_templates.py cost site.yaml --requests 30000000 --gigabytes 2000
  build_templates.py cost site.yaml --details --json

Exit status: 0 if the estimate is printed; 1 if FILE has problems;
2 for a command line that is not understood.
"""


@click.command(epilog=EXAMPLES)
@click.argument("file", type=click.Path(path_type=Path))
@template_parameters_option
@region_option
@traffic_options
@click.option("--details", is_flag=True, help="Show every charge, not only the sum of each tier.")
@json_option("every charge")
@problems_on_stderr
def cost(
    file: Path,
    parameters: dict[str, str],
    region: str,
    traffic: Traffic,
    details: bool,
    as_json: bool,
) -> None:
    """Estimate what FILE costs a month in US dollars, by tier.

    Low: minimum sizes, no visitors. Expected: desired sizes, and the given traffic. High: maximum sizes all month, and
    ten times the traffic. The prices are a dated list of us-east-1, whatever the Region; the command does not call AWS.

    Of a site with a copy in another Region, the half in --region is estimated.
    """
    template = read_template(file)
    require_macro(template)
    values = parameter_values(template, parameters)
    prices = price_list()
    made = estimate(expand_template(template, values, region), region, values, prices, traffic)
    left_out = (*other_halves(read_sites(template, values, region).values()), *LEFT_OUT)
    if as_json:
        print_json(_as_json(made, prices, left_out))
        return
    console = report_console()
    console.print(_table(made, prices, details))
    for what in made.unknown:
        console.print(f"No price is known for: {what}. The sums leave it out.", style="yellow")
    console.print("Not included: " + "; ".join(left_out) + ".")
    if region != prices.region:
        console.print(f"The prices are those of {prices.region}; {region} may cost more.")


def _table(made: Estimate, prices: PriceList, details: bool) -> Table:
    table = Table(title=f"US dollars a month, prices of {prices.as_of} in {prices.region}")
    table.add_column("tier")
    for name in ("low", "expected", "high"):
        table.add_column(name, justify="right")
    for tier, amounts in made.by_tier.items():
        table.add_row(str(tier), *_shown(amounts))
        for charge in made.charges if details else ():
            if charge.tier == tier:
                table.add_row(f"  {charge.what} ({charge.resource})", *_shown(charge.dollars), style="dim")
    table.add_section()
    table.add_row("total", *_shown(made.total), style="bold")
    return table


def _shown(amounts: Amounts) -> tuple[str, ...]:
    return tuple(f"{amount:,.2f}" for amount in (amounts.low, amounts.expected, amounts.high))


def _as_json(made: Estimate, prices: PriceList, left_out: Sequence[str]) -> dict[str, Any]:
    return {
        "currency": "USD",
        "pricesAsOf": prices.as_of,
        "pricesOfRegion": prices.region,
        "total": _amounts(made.total),
        "tiers": {str(tier): _amounts(amounts) for tier, amounts in made.by_tier.items()},
        "charges": [_charge(charge) for charge in made.charges],
        "withoutPrice": list(made.unknown),
        "notIncluded": list(left_out),
    }


def _charge(charge: Charge) -> dict[str, Any]:
    return {
        "tier": str(charge.tier),
        "resource": charge.resource,
        "what": charge.what,
        "units": _amounts(charge.units),
        "price": charge.price,
        "dollars": _amounts(charge.dollars),
    }


def _amounts(amounts: Amounts) -> dict[str, float]:
    return {"low": round(amounts.low, 2), "expected": round(amounts.expected, 2), "high": round(amounts.high, 2)}
