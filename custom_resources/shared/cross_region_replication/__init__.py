"""Finds the Regions that a database of RDS replicates to, and the one that it replicates from."""
