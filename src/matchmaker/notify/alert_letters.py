"""The letters of alerts: one that asks whether an address is the reader's own, and those that tell of challenges."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from matchmaker.domain.errors import mark
from matchmaker.notify.mail import Mail, compose

LONGEST_EXCERPT = 400

NEAR = mark("Near the group's work:\n\n{near}")
FOLLOWED = mark("In areas that you follow:\n\n{followed}")


@dataclass(frozen=True, slots=True)
class Told:
    """A challenge in a letter, in its municipality's words."""

    title: str
    problem: str


def confirming_letter(to: str, group: str, link: str, days: int, language: str) -> Mail:
    """Whether the address is the reader's own; says what to do when the reader has asked for nothing."""
    return compose(
        to,
        mark("Do you want alerts from Matchmaker?"),
        [
            mark(
                "Somebody has asked that this address be told of new challenges from Norrbotten's municipalities, "
                "for {group}. If that was you, open this link within {days} days and say yes.\n{link}"
            ),
            mark(
                "If you have not asked for it, throw this message away. You get no other, and the address is forgotten."
            ),
        ],
        (language,),
        group=group,
        link=link,
        days=days,
    )


def alert_letter(to: str, group: str, near: Sequence[Told], followed: Sequence[Told], stop: str, language: str) -> Mail:
    """New challenges: those near the group's work, and the others in areas that are followed. One of both is enough."""
    mail = compose(
        to,
        mark("New challenges from Norrbotten's municipalities"),
        [
            mark("These public challenges have been answered since the last letter. You follow them for {group}."),
            *([NEAR] if near else []),
            *([FOLLOWED] if followed else []),
            mark(
                "Read more, and see what Matchmaker says of the group, by the group's private link. "
                "To offer help, write to LTU's Innovation Office."
            ),
            mark("You get this because you said yes to alerts. No more of them, and forget my address:\n{stop}"),
        ],
        (language,),
        group=group,
        near=_listed(near),
        followed=_listed(followed),
        stop=stop,
    )
    return replace(mail, stop_link=stop)


def _listed(challenges: Sequence[Told]) -> str:
    return "\n\n".join(f"{one.title}\n{_excerpt(one.problem)}" for one in challenges)


def _excerpt(text: str) -> str:
    """The beginning of a text on one line, cut between words."""
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_EXCERPT else line[:LONGEST_EXCERPT].rpartition(" ")[0] + " …"
