"""What `check` and `status` share: requests to AWS that only read, and what is found by them."""
