"""The retention periods of CloudWatch Logs, in days.

Source: "PutRetentionPolicy" in the CloudWatch Logs API Reference, of 2026.
"""

RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)

# What the forms offer: no more than two years.
MAX_FORM_DAYS = 731
FORM_DAYS = tuple(days for days in RETENTION_DAYS if days <= MAX_FORM_DAYS)
