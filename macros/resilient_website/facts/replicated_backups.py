"""Limits of automated backups that RDS replicates to another Region, of 2026."""

# Source: "Enabling cross-Region automated backups for Amazon RDS" in the Amazon RDS User Guide: at most 20 in each
# destination Region of an account.
MAX_REPLICATED_BACKUPS = 20
