"""Passwords that are guessed first. NIST SP 800-63B, section 5.1.1.2, asks for such a list, and for no rules of signs.

The list is that of zxcvbn, the 30,000 most common ones of several published leaks (https://github.com/dwolfhub/
zxcvbn-python, MIT); ours adds what is near at hand here. Few of them have twelve characters: guessers, and so these
rules, put words twice and digits and signs around them.
"""

from functools import cache

HERE = frozenset(
    "pa55word p4ssw0rd losenord lösenord hemligt hemlighet vinter höst vår välkommen valkommen qwertyui qwertyuiop "
    "administrator administratör adviser rådgivare matchmaker norrbotten luleå lulea sverige sweden kommun universitet "
    "university jagälskardig fotboll testtest hejhej abcdef abcdefgh abcdefghijkl abcabc "
    "correcthorsebatterystaple".split()
)
"""Words of this place and program, Swedish ones, and those from advice on passwords."""

SHORTEST_WITHOUT_WORD = 20
"""Digits and signs of which a password needs that has no letters of its own: as hard to guess as twelve letters."""


def is_common(password: str) -> bool:
    """Whether a password is one of the first that are guessed: a word of the list, alone, twice or decorated.

    What is left of it beside the word counts as digits and signs alone do.
    """
    lowered = password.lower()
    letters = "".join(one for one in lowered if one.isalpha())
    if len(lowered) - len(letters) >= SHORTEST_WITHOUT_WORD:
        return False
    trimmed = lowered.strip("".join(one for one in lowered if not one.isalpha()))
    return not letters or any(_is_listed(one) for one in (lowered, letters, trimmed))


def period(password: str) -> int:
    """How many characters a password has before it begins anew: 2 of "abababab"."""
    length = len(password)
    return next((step for step in range(1, length) if password[step:] == password[: length - step]), length)


def _is_listed(text: str) -> bool:
    listed = _list()
    half = text[: len(text) // 2]
    return text in listed or (half * 2 == text and half in listed)


@cache
def _list() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # where a password is chosen, and nowhere else

    return HERE.union(FREQUENCY_LISTS["passwords"])
