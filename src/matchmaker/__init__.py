"""Matchmaker: matches municipal challenges with university expertise, with evidence for every suggestion."""

__version__ = "0.1.0"
