"""Sign-in over HTTP: the session's cookie, tokens in forms, the organisation's provider."""
