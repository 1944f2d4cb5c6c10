"""The command `restore`: put a restored database in the place of a site's database, and keep the old one."""
