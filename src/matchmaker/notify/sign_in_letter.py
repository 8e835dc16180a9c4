"""The letter with which an officer signs in."""

from collections.abc import Sequence

from matchmaker.domain.errors import mark
from matchmaker.notify.letters import BOTH
from matchmaker.notify.mail import Mail, compose


def sign_in_letter(to: str, link: str, minutes: int, languages: Sequence[str] = BOTH) -> Mail:
    """The link, for how long it is good, and what to do when nobody asked for it."""
    return compose(
        to,
        mark("Your link to sign in to Matchmaker"),
        [
            mark("Open this link to sign in. It is good for {minutes} minutes, and once.\n{link}"),
            mark("If you have not asked for it, throw this message away. Nobody can sign in without the link."),
        ],
        languages,
        link=link,
        minutes=minutes,
    )
