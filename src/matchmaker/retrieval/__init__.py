"""Vectors and terms: encoders, the dense and the lexical channel, and the index files that hold both."""
