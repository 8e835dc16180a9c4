"""A private link that got about is replaced by another one."""

from matchmaker.db import access_record, drafts
from matchmaker.db.case_records import find_participant, replace_participant_link
from matchmaker.db.letter_links import Reader, close_reader_links
from matchmaker.db.session import Database
from matchmaker.domain.access_event import AccessAct
from matchmaker.domain.case import reference
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.links import link_digest, new_token


def replace_link(database: Database, token: str, by: str) -> str:
    """Have another private link open what a link opens; returns its token. The old one opens nothing from now on.

    Links in letters open nothing either, since one of them may be what got about; the next letter brings a new one.
    Those that stop the letters still do: they open nothing. ``by`` is who does it, for the record.

    Raises:
        NotFoundError: the link opens nothing that was sent.
    """
    digest, fresh = link_digest(token), new_token()
    with database.transaction() as session:
        linked = drafts.find_by_link(session, digest)
        participant = None if linked else find_participant(session, digest)
        if linked and linked.is_sent:
            reader = Reader(linked.id)
            drafts.replace_link(session, linked.id, link_digest(fresh))
        elif participant:
            reader = Reader(participant.case_id, participant.id)
            replace_participant_link(session, participant.id, link_digest(fresh))
        else:
            raise NotFoundError(mark("This link opens nothing that was sent."))
        close_reader_links(session, reader)
        access_record.note_act(session, by, AccessAct.LINK_REPLACED, reference(reader.case_id))
    return fresh
