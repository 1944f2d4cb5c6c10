"""crhelper 2.0.12 of AWS, changed: `crhelper.diff` has the changes, `resource_helper` what functions use."""
