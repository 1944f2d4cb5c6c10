"""Delivery through CloudFront: the site's distribution, the assets' own one, and the SECONDARY's."""
