"""Runs the part of the suite that stays in one process under coverage.py, test by test, and prints a table."""
