"""What a collection holds, as rows of the tables that it can be read from again."""

from collections.abc import Iterable

from matchmaker.catalogue.exporting import contact_rows, evidence_rows, group_rows, link_rows
from matchmaker.catalogue.table_writing import Row
from matchmaker.catalogue.templates import CONTACTS, EVIDENCE, LINKS
from matchmaker.curation.linking import STEWARD
from matchmaker.db import exports
from matchmaker.db.session import Database


def table_rows(database: Database, collection: str, table: str) -> Iterable[Row]:
    """The rows of a table of templates, by its name; groups for any other name. Works come a batch at a time."""
    if table == EVIDENCE.name:
        return evidence_rows(exports.read_works(database, collection))
    if table == LINKS.name:
        return link_rows(exports.read_links(database, collection, STEWARD))
    groups = exports.read_groups(database, collection)
    if table == CONTACTS.name:
        return contact_rows(groups, exports.read_availability(database, collection))
    return group_rows(groups)
