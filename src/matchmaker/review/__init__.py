"""From a sent challenge to what a reviewer sees."""
