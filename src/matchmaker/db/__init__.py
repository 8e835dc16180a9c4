"""SQL, and nothing else: models, sessions, queries, migrations."""
