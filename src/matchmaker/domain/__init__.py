"""The words of the field as plain Python: no third-party imports, no input or output."""
