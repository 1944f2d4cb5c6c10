"""Shows what of a deployed site is up, tier by tier, from AWS's read-only calls."""
