"""The command `diff`: what an update does to a stack."""
