"""Collaborators and their evidence: the shipped catalogue, files in the project's own format, importers."""
