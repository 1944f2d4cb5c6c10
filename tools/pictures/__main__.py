"""`python -m tools.pictures`: draw the architecture of an example, and record the demo, into docs/pictures/."""

import click

from tools.pictures.architecture import architecture
from tools.pictures.recording import demo, shortened
from tools.pictures.terminal import animated
from tools.repository import ROOT

FOLDER = ROOT / "docs" / "pictures"
ARCHITECTURE = FOLDER / "architecture.svg"
DEMO = FOLDER / "demo.svg"


@click.command()
@click.option("--demo/--no-demo", "with_demo", default=True, help="Run the demo and record it. It takes a minute.")
def main(with_demo: bool) -> None:
    """Write the pictures of README.md."""
    FOLDER.mkdir(exist_ok=True)
    ARCHITECTURE.write_text(architecture(), encoding="utf-8")
    if with_demo:
        DEMO.write_text(animated(list(shortened(demo())), "make demo"), encoding="utf-8")


if __name__ == "__main__":
    main()
