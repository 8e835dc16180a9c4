"""Who may ask for what, how often, and with how much."""
