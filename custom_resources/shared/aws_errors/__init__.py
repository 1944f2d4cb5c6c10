"""Errors of AWS APIs: `codes` classifies them, `new_permissions` retries while a new policy takes effect."""
