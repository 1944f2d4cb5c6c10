"""What tests of pages share: a browser."""

from tests.browser import browser

__all__ = ["browser"]
