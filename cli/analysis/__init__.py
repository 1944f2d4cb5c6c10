"""What can be known about a template without an account: what fails and what visitors get, and what an update does."""
