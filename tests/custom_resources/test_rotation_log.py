"""What a rotation logs."""

import logging

from shared.secret_rotation import lambda_entry, steps


def test_steps_are_logged() -> None:
    """Lambda's own level for a library's loggers is WARNING: a rotation that went well would leave no trace."""
    for module in (lambda_entry, steps):
        assert module.logger.getEffectiveLevel() == logging.INFO
