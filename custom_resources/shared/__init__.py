"""What the custom resources have in common."""
