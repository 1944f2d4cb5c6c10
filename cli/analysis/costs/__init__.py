"""What a template's resources cost a month, by tier."""
