"""Which paths are for programs and which are pages for people."""

_FOR_PROGRAMS = ("/api", "/healthz", "/readyz", "/openapi.json")


LETTERS = "/letters"
"""Where the links that stop letters lead; mail programs send the form there by themselves (RFC 8058)."""

GROUPS = "/groups"
"""Where the private links to groups' own pages lead."""


def is_for_mail_programs(path: str) -> bool:
    """Whether a form may come from nowhere: the path has a secret in it, and nothing else lets the sender do it."""
    return path.startswith(f"{LETTERS}/")


def is_page(path: str) -> bool:
    """Whether people read what is at the path, so that errors there are pages too."""
    return not any(path == one or path.startswith(f"{one}/") for one in _FOR_PROGRAMS)


UPLOADS = frozenset({"/catalogue/imports", "/api/v1/catalogue/imports"})
"""Where files are sent that are imported; they are far larger than any other form."""

ALERTS = "/alerts"
"""Where the links lead by which an address says yes to alerts."""
