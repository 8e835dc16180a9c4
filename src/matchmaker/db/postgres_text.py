"""Text as PostgreSQL takes it: without NUL, which it has no place for and which nobody has ever meant to write.

Forms leave it out. What comes otherwise, in a path or by the API, would be a fault of the program without this.
"""

import json
import re
from typing import Any

from psycopg import Connection
from psycopg.types.string import StrDumperUnknown

NUL = "\x00"
_NUL_IN_JSON = re.compile(r"(?<!\\)((?:\\\\)*)\\u0000")
"""Not behind an odd number of backslashes: there it is six characters that somebody wrote."""


class _WithoutNul(StrDumperUnknown):
    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace(NUL, "") if NUL in obj else obj)


def leave_out_nul(connection: Connection[Any], _record: object) -> None:
    """Have a new connection leave it out of all text that it is given."""
    connection.adapters.register_dumper(str, _WithoutNul)


def json_without_nul(value: object) -> str:
    """A value as JSON, whose texts are without it."""
    return _NUL_IN_JSON.sub(r"\1", json.dumps(value))
