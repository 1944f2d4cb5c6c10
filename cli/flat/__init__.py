"""The command `flat`: a site as a template that needs nothing else in the account."""
