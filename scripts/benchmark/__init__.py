"""How fast Matchmaker is, beside what could be used instead and beside the machine's limits: ``make benchmark``."""
