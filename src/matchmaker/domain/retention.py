"""How long what people gave is kept."""

from dataclasses import dataclass
from datetime import timedelta

CONTACT_DAYS = 180
"""Nobody is written to about a closed case any more; half a year after its last act leaves time for a question."""

ACT_DAYS = 730
"""Two years: an audit of one year finds the year before still whole."""


@dataclass(frozen=True, slots=True)
class Retention:
    """After which time what is erased.

    ``drafts``: what was typed and not sent. ``contacts``: roles and addresses in challenges that are closed or
    withdrawn, counted from the last act on them. ``cases``: such challenges whole; None: never, for what has come in
    to an authority is a public record, which goes only by the authority's own decision. ``acts``: the record of who
    changed who may do what.
    """

    drafts: timedelta
    contacts: timedelta = timedelta(days=CONTACT_DAYS)
    cases: timedelta | None = None
    acts: timedelta = timedelta(days=ACT_DAYS)
