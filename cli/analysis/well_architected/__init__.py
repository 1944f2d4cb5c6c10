"""What a template answers to the questions of the AWS Well-Architected Framework."""
