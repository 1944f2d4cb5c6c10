"""The template's resources as frozen records: what a request meets on its way, and nothing else."""
