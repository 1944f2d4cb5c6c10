"""What the steps use of the outside world, and what to do after a failure."""

from cli.deployed.tools import Tools, Visitor, clients

AGAIN = "run the same command again: it continues where it stopped"

__all__ = ["AGAIN", "Tools", "Visitor", "clients"]
