"""Email addresses as the macro takes them: enough to catch a slip of the pen; whether mail arrives, SNS finds out."""

from resilient_website.reading.property_types import Text

# Each part ends where a character stands that it can't have, so there is one way only to read an address, and a long
# text that is none is refused in one pass. The tests compare the pattern with that of the installer's template, of the
# ready flat templates, and of the function that writes the fallback page.
EMAIL_PATTERN = r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+"

EMAIL = Text("an email address, as in team@example.com", EMAIL_PATTERN)
