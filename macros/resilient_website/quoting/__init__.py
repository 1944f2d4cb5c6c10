"""Quotes values in text of other languages, with one module per language.

A value is either known at expansion, or an intrinsic or dynamic reference that CloudFormation resolves later to any
text. Each function quotes both safely.
"""
