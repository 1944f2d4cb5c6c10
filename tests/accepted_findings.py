"""What the lists of accepted findings have in common, of all that judge templates and policies."""

# Characters. A shorter text names a finding, and does not say why it is accepted.
MIN_REASON_LENGTH = 60
