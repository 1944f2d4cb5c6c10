"""What cfn-lint needs to accept a site, and to report the macro's own problems."""
