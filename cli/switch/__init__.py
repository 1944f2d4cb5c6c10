"""Makes the website's half in another Region the active one, and shows the state of both halves."""
