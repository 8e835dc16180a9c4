"""Which paths are for programs and which are pages for people."""

_FOR_PROGRAMS = ("/api", "/healthz", "/readyz", "/openapi.json")


def is_page(path: str) -> bool:
    """Whether people read what is at the path, so that errors there are pages too."""
    return not any(path == one or path.startswith(f"{one}/") for one in _FOR_PROGRAMS)
