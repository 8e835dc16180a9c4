"""The catalogue's groups for those who look after them: also who has been retired or has opted out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matchmaker.db.collection import collaborator_of
from matchmaker.db.decisions import CORRECTED, collaborator_from_json, find_decisions
from matchmaker.db.models import AttributionRow, CollaboratorRow, DocumentRow
from matchmaker.db.work_models import LinkRow
from matchmaker.domain.collaborator import KEYWORDS, PROFILE, Collaborator
from matchmaker.domain.curation import Decision, DecisionKind, GroupState, apply_decisions, decided_state
from matchmaker.domain.errors import NotFoundError, mark
from matchmaker.domain.language import LocalisedText
from matchmaker.domain.work import LinkState


@dataclass(frozen=True, slots=True)
class GroupLine:
    """A group in a list: the collaborator without its documents, its state, its profiles by language code, and all
    words that it is found by.
    """

    group: Collaborator
    state: GroupState
    profiles: Mapping[str, str]
    words: str


@dataclass(frozen=True, slots=True)
class CuratedGroup:
    """A group as it came, as it is with what was decided about it, and those decisions."""

    imported: Collaborator
    now: Collaborator
    decisions: Sequence[Decision]

    @property
    def state(self) -> GroupState:
        """Whether it takes part."""
        return decided_state(self.decisions)

    def decision(self, kind: DecisionKind) -> Decision | None:
        """The decision of a kind about the group itself, where there is one."""
        return next((one for one in self.decisions if one.kind is kind and not one.work_id), None)


def list_groups(session: Session, collection: str) -> list[GroupLine]:
    """All groups that people look after, by id."""
    groups = select(CollaboratorRow).where(
        CollaboratorRow.collection == collection, CollaboratorRow.imported.is_not(None)
    )
    texts = (
        select(AttributionRow.collaborator_id, DocumentRow.kind, DocumentRow.language, DocumentRow.text)
        .join(
            DocumentRow,
            (DocumentRow.collection == AttributionRow.collection) & (DocumentRow.id == AttributionRow.document_id),
        )
        .where(AttributionRow.collection == collection, DocumentRow.kind.in_((PROFILE, KEYWORDS)))
    )
    words: dict[str, list[str]] = {}
    profiles: dict[str, dict[str, str]] = {}
    for group_id, kind, language, text in session.execute(texts).tuples():
        words.setdefault(group_id, []).append(text)
        if kind == PROFILE and language:
            profiles.setdefault(group_id, {})[language] = text
    return [
        GroupLine(
            collaborator_of(row),
            GroupState(row.state),
            profiles.get(row.id, {}),
            " ".join([row.id, row.name_sv or "", row.name_en or "", *words.get(row.id, ())]).casefold(),
        )
        for row in session.scalars(groups.order_by(CollaboratorRow.id))
    ]


def find_group(session: Session, collection: str, group_id: str) -> CuratedGroup:
    """A group with all that was decided about it.

    Raises:
        NotFoundError: there is none of that id that people look after.
    """
    row = session.get(CollaboratorRow, (collection, group_id))
    if row is None or row.imported is None:
        raise NotFoundError(mark("There is no group of the id {id} to look after."), id=group_id)
    imported = collaborator_from_json(row.imported)
    decisions = find_decisions(session, collection, [group_id]).get(group_id, [])
    return CuratedGroup(imported, apply_decisions(imported, decisions, CORRECTED), decisions)


def group_names(session: Session, collection: str, group_ids: Sequence[str]) -> dict[str, LocalisedText]:
    """The names of groups by id; of those that are not there any more there is none."""
    statement = select(CollaboratorRow.id, CollaboratorRow.name_sv, CollaboratorRow.name_en).where(
        CollaboratorRow.collection == collection, CollaboratorRow.id.in_(sorted(set(group_ids)))
    )
    return {key: LocalisedText(sv, en) for key, sv, en in session.execute(statement).tuples()}


def count_group_works(session: Session, collection: str, group_id: str) -> int:
    """How many works a group has, hidden ones among them."""
    statement = select(func.count()).where(
        LinkRow.collection == collection, LinkRow.collaborator_id == group_id, LinkRow.state == LinkState.LINKED
    )
    return int(session.scalar(statement.select_from(LinkRow)) or 0)
