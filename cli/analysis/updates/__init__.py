"""The effects of an update on a stack's resources and their data, derived from two templates alone."""
