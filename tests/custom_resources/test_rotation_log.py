"""What a rotation logs."""

import logging

from shared.secret_rotation import door, steps


def test_steps_are_logged() -> None:
    """Lambda's own level for a library's loggers is WARNING: a rotation that went well would leave no trace."""
    for module in (door, steps):
        assert module.logger.getEffectiveLevel() == logging.INFO
