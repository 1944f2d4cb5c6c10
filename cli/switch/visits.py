"""A visitor's view of the site from this machine."""

from cli.deployed.visits import Internet

__all__ = ["Internet"]
