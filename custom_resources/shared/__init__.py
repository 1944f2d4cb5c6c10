"""Code shared by the custom resources and the rotation functions."""
