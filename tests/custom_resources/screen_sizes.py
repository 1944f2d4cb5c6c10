"""The sizes of screens that pages are looked at with."""

SIZES = {"phone": (390, 844), "desktop": (1280, 800)}
