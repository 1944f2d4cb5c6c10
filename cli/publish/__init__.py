"""Puts templates and code where CloudFormation and the Console can read them."""
