"""What runs on a web server: the boot scripts and the sample application. Plain files, without CloudFormation."""
