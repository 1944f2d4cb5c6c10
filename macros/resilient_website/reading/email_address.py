"""Email addresses: the pattern catches typos; only SNS can verify that mail arrives."""

from resilient_website.reading.property_types import Text

# Each part ends at a character that it can't contain, so matching never backtracks, and a long invalid text is refused
# in one pass. Tests compare the pattern with those of the installer's template, the flat templates, and the function
# that writes the fallback page.
EMAIL_PATTERN = r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+"

# Source: RFC 5321, 4.5.3.1.3 (256, with the brackets around an address).
MAX_LENGTH = 254

EMAIL = Text("an email address, as in team@example.com", EMAIL_PATTERN, longest=MAX_LENGTH)
