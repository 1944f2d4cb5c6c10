"""Writes docs/reference/ from the code itself: `make docs`."""
