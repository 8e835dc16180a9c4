"""The log of a server or worker: on standard error, each line with its time in UTC and its level."""

import logging
import time

FORMAT = "%(asctime)sZ %(levelname)s %(name)s: %(message)s"


def write_log() -> None:
    """Begin the log. What goes into it: faults, warnings, who was refused; no text, address or secret.

    What bears on security is written as it is, a JSON document a line, to be read by machines.
    """
    formatter = logging.Formatter(FORMAT, datefmt="%Y-%m-%dT%H:%M:%S")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=logging.WARNING, handlers=[handler])
    security = logging.getLogger("matchmaker.security")
    plain = logging.StreamHandler()
    plain.setFormatter(logging.Formatter("%(message)s"))
    security.handlers, security.propagate = [plain], False
