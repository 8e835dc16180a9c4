"""The letters to the officer who sent a challenge. ``link`` is the page's whole address; no letter has a list in it."""

from collections.abc import Sequence

from matchmaker.domain.errors import mark
from matchmaker.notify.mail import Mail, compose

BOTH = ("sv", "en")


def received_letter(to: str, title: str, day: str, link: str, languages: Sequence[str] = BOTH) -> Mail:
    """That the challenge has come in, by when it is answered, and where it can be followed."""
    return compose(
        to,
        mark("Your challenge has come in: {title}"),
        [
            mark("Your challenge “{title}” has come in. You will have an answer by {day}."),
            mark(
                "Follow it, change it or withdraw it here. The link is private: whoever has it can act for you.\n{link}"
            ),
        ],
        languages,
        title=title,
        day=day,
        link=link,
    )


def question_letter(to: str, title: str, link: str, languages: Sequence[str] = BOTH) -> Mail:
    """That an adviser has a question; the question itself stays behind the link."""
    return compose(
        to,
        mark("A question about your challenge: {title}"),
        [mark("An adviser has a question about “{title}”. The review goes on when you have answered.\n{link}")],
        languages,
        title=title,
        link=link,
    )


def list_letter(to: str, title: str, link: str, languages: Sequence[str] = BOTH) -> Mail:
    """That an adviser has approved a list and it can be read."""
    return compose(
        to,
        mark("An answer to your challenge: {title}"),
        [mark("An adviser has reviewed the suggestions for “{title}” and approved the answer. Read it here.\n{link}")],
        languages,
        title=title,
        link=link,
    )
