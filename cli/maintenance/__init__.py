"""The command `maintenance`: show visitors the friendly page on purpose, except those who may enter."""
