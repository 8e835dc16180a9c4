"""Passages to collaborators: evidence gathered, scored, explained, put together into a shortlist."""
