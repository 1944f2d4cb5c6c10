"""The template's resources as frozen records, as far as they are on the path of a request."""
