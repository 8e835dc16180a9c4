"""A page of the form as it stands open in one window, where others may have the same draft open.

Every page says with what each of its fields was filled, as digests. So what was not touched in a window writes nothing,
and what was touched in two is not overwritten unseen.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

DIGITS = 16
_PAIR = re.compile(r"([a-z_]{1,40})=([0-9a-f]{16})")


@dataclass(frozen=True, slots=True)
class OpenPage:
    """What a page says of itself; one that says nothing writes whatever it is sent with.

    ``window`` names the window for as long as the page stands in it, ``filled`` are digests by field, ``begun_from`` is
    the version of the challenge that whoever types began from.
    """

    window: str = ""
    filled: Mapping[str, str] = field(default_factory=dict)
    begun_from: int | None = None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A draft with what a page was sent with: what is kept now, what of it the page wrote, and what it did not.

    ``conflicts`` are the fields that were changed both in this window and, since its page was filled, in another.
    """

    whole: Mapping[str, Any]
    written: frozenset[str]
    conflicts: frozenset[str]


def meet(kept: Mapping[str, Any], windows: Mapping[str, str], typed: Mapping[str, Any], page: OpenPage) -> Meeting:
    """Bring what was typed on a page into a draft; ``windows`` says by field in which window it was written last."""
    written, conflicts = set(), set()
    for name, value in typed.items():
        before, now = page.filled.get(name), digest(kept.get(name))
        is_own = page.window and windows.get(name) == page.window
        if before is None or is_own or before == now != digest(value):
            written.add(name)
        elif digest(value) not in {before, now}:
            conflicts.add(name)
    whole = {**kept, **{name: typed[name] for name in written}}
    return Meeting(whole, frozenset(written), frozenset(conflicts))


def digest(value: Any) -> str:
    """A short digest of a field's value; whatever is empty is alike, and the order of choices counts nothing."""
    plain = sorted(value) if isinstance(value, list) else str(value or "").replace("\r\n", "\n")
    return hashlib.sha256(json.dumps(plain or "").encode()).hexdigest()[:DIGITS]


def write_digests(values: Mapping[str, Any], fields: tuple[str, ...]) -> str:
    """The digests of some fields in the form in which a page carries them."""
    return " ".join(f"{name}={digest(values.get(name))}" for name in fields)


def read_digests(text: str) -> dict[str, str]:
    """Digests as a page carries them; what is none is left out."""
    return {found[1]: found[2] for one in text.split() if (found := _PAIR.fullmatch(one))}
