"""Makes the pictures of README.md from what the project does."""
