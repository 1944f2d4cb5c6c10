"""Durations in the words of reports."""


def minutes(seconds: int) -> str:
    """Return a time as a reader says it: seconds below two minutes, then whole minutes."""
    return f"{seconds} s" if seconds < 120 else f"{round(seconds / 60)} min"
