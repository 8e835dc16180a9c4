"""The JSON routes, one file an entity."""
