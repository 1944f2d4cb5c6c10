"""Code that runs on a web server: the boot scripts and the sample application, in plain files."""
