"""Deploys a site in an account, breaks it, measures how long each failure lasts, and removes all of it."""
