"""The default encoder made ready from a pinned package, without any model hub."""
