"""The steps of a switch, one per module: each reads from AWS whether it is done, and can be repeated."""
