"""Accounts, sessions, mail domains and the record of acts on access, for administrators' programs."""

from datetime import UTC, datetime

from fastapi import APIRouter, Request, Response, status

from matchmaker.db.outbox_state import read_outbox_state
from matchmaker.review.access_record import list_acts
from matchmaker.review.identity import accounts, domains, sessions
from matchmaker_api.deps import Client, OpenWorkspace
from matchmaker_api.pagination import After, Limit, next_page, number_cursor, read_number
from matchmaker_api.schemas.access import (
    AccessRecord,
    Account,
    Accounts,
    LiveSession,
    LiveSessions,
    MailDomain,
    MailDomains,
    Outbox,
    Outgoing,
    RecordedAct,
)

router = APIRouter(prefix="/api/v1/access", tags=["access"])


@router.get("/accounts", summary="List accounts")
def list_accounts(workspace: OpenWorkspace) -> Accounts:
    """Those of staff and of officers, with their roles. Roles come from the organisation's sign-in, not from here."""
    return Accounts(items=[Account.of(one) for one in accounts.list_accounts(workspace.database)])


@router.put("/accounts/{label}/ending", summary="End an account")
def end_account(label: str, workspace: OpenWorkspace, client: Client) -> Account:
    """With all its sessions, its personal tokens, and the keys that they made. Never one's own."""
    accounts.end_account(workspace.database, label, by=client.client)
    return Account.of(accounts.get_account(workspace.database, label))


@router.delete("/accounts/{label}/ending", summary="Let an account in again")
def take_up_account(label: str, workspace: OpenWorkspace, client: Client) -> Account:
    """It can sign in again; what ended with it stays ended."""
    accounts.take_up_account(workspace.database, label, by=client.client)
    return Account.of(accounts.get_account(workspace.database, label))


@router.get("/sessions", summary="List sessions")
def list_sessions(workspace: OpenWorkspace) -> LiveSessions:
    """Who is signed in at a browser now."""
    live = sessions.list_live(workspace.database, workspace.settings)
    return LiveSessions(items=[LiveSession.of(one) for one in live])


@router.delete(
    "/sessions/{session_id}", status_code=status.HTTP_204_NO_CONTENT, response_class=Response, summary="End a session"
)
def end_session(session_id: str, workspace: OpenWorkspace, client: Client) -> None:
    """One that is over already, or never was, is as good."""
    sessions.end_others(workspace.database, session_id, by=client.client)


@router.get("/mail-domains", summary="List the municipalities' mail domains")
def list_mail_domains(workspace: OpenWorkspace) -> MailDomains:
    """Whoever reads mail there can sign in as the municipality's officer. They are changed in the settings only."""
    return MailDomains(items=[MailDomain.of(one) for one in domains.mail_domains(workspace.settings)])


@router.get("/record", summary="Read what was done about access")
def list_access_acts(
    request: Request, response: Response, workspace: OpenWorkspace, after: After = None, limit: Limit = 50
) -> AccessRecord:
    """The newest first."""
    before = read_number(after) or None
    found = list_acts(workspace.database, limit + 1, before)
    cursor = number_cursor(found[limit - 1].number) if len(found) > limit else None
    return AccessRecord(items=[RecordedAct.of(one) for one in found[:limit]], next=next_page(request, response, cursor))


@router.get("/outbox", summary="Read how it stands with what is to be sent")
def read_outbox(workspace: OpenWorkspace) -> Outbox:
    """Mail, letters and webhook messages in numbers, for watching over them; none of their words."""
    with workspace.database.reading() as session:
        found = read_outbox_state(session, datetime.now(UTC))
    return Outbox(items=[Outgoing.of(one) for one in found])
