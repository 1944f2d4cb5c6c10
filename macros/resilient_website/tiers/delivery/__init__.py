"""Delivery through CloudFront: the distributions of the site, of the assets, and of the SECONDARY."""
