"""Write the API's description to api/openapi.json, which portals' clients are made from and a test compares with."""

import json
from pathlib import Path

from matchmaker.settings import Settings
from matchmaker_api.app import create_app

PATH = Path(__file__).resolve().parent.parent / "api" / "openapi.json"


def text() -> str:
    """The description as it is committed: the same for every version and machine."""
    document = create_app(Settings()).openapi()
    document["info"]["version"] = "1"  # of the contract; the program's own changes with every release
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    PATH.write_text(text(), encoding="utf-8")
