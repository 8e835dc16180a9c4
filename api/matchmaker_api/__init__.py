"""The HTTP interface: an API for portals. Nothing here decides anything about matching."""
