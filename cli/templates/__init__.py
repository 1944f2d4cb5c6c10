"""The templates that ship with the project: the form for the Console, and flat templates."""
