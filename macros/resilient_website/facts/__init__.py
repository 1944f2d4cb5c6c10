"""Facts about AWS that AWS may change, each with its source."""
