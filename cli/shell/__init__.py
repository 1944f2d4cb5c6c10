"""Opens a session on one of a deployed site's servers, by Session Manager."""
