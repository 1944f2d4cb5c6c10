"""What a user would pick instead of the macro, written from an expansion so that each makes the same resources."""
