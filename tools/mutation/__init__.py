"""Changes the code in a fixed sample of places, one at a time, and counts which changes the tests notice."""
