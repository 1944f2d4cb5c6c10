"""Refreshes cli/analysis/costs/price_list.toml from AWS's price list: `python -m tools.prices`.

It downloads several hundred megabytes, and needs no AWS account.
"""

import io
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from urllib.request import urlopen

import click

import cli.analysis.costs
from tools.prices.refresh import refreshed

# Of a read, not of a file: that of EC2 takes minutes.
TIMEOUT_SECONDS = 60

TABLE = Path(cli.analysis.costs.__file__).parent / "price_list.toml"


def fetch(url: str) -> Iterable[str]:
    """Return the lines of a URL of AWS's price list."""
    response = urlopen(url, timeout=TIMEOUT_SECONDS)  # noqa: S310  # an HTTPS URL of offers.py
    return io.TextIOWrapper(response, encoding="utf-8", newline="")


@click.command()
def main() -> None:
    """Write the table, and name the prices that are missing in AWS's list; exit with status 1 if there are any."""
    made = refreshed(TABLE.read_text(encoding="utf-8"), fetch, f"{datetime.now(UTC):%Y-%m}")
    TABLE.write_text(made.text, encoding="utf-8")
    for name in made.missing:
        click.echo(f"{name}: AWS's price list does not have exactly one price; compare tools/prices/wanted.toml")
    sys.exit(1 if made.missing else 0)


if __name__ == "__main__":
    main()
