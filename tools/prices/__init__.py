"""Refreshes the dated price table of the command line from AWS's price list."""
