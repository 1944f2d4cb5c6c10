"""What an update does to a stack's resources and to what they hold, worked out from two templates alone."""
