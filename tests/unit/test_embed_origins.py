"""The sites that may show the form in a frame: written into a header, so that nothing else may stand there."""

import pytest
from pydantic import ValidationError

from matchmaker.settings import Settings
from matchmaker_api.security.setup import split_origins


def test_whole_origins_are_taken() -> None:
    text = "https://www.kommun.example, https://intra.kommun.example:8443,http://localhost:8000"
    taken = Settings(embed_origins=text).embed_origins
    assert split_origins(taken) == text.replace(", ", ",").split(",")
    assert Settings().embed_origins == ""


@pytest.mark.parametrize(
    "text",
    [
        "*", "https://*.kommun.example", "https://kommun.example/sida", "http://kommun.example", "kommun.example",
        "https://kommun.example; script-src *", "https://kommun.example https://other.example",
        "https://kommun.example,", "https://kommun.example\nX: y", "'self'",
    ],
)  # fmt: skip
def test_what_is_no_origin_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Settings(embed_origins=text)
