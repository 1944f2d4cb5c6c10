"""Values put into text of another language, one module a language.

A value is known when the template is expanded, or it is an intrinsic or a dynamic reference, whose text CloudFormation
puts in later: that text may be anything. Each function is safe for both.
"""
