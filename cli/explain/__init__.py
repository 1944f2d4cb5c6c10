"""The command `explain`: one HTML file that shows what a template creates, what it costs, and how it fails."""
