"""The command `check`: what only AWS knows, asked before a deployment; nothing is changed there."""
