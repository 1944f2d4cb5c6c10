"""Rolls a template out to many accounts and Regions by AWS CloudFormation StackSets."""
