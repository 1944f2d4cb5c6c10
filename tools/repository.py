"""The folder of this repository, in which the tools and the tests find its files."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
