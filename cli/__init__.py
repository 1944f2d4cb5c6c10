"""The command line: one module or folder a command, called as the command is, and what they have in common."""

__version__ = "0.1.0"
