"""The command `diff`: shows the effects of an update on a stack."""
