"""The length of a month in estimates."""

# As AWS's price pages count it.
HOURS = 730
