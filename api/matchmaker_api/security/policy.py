"""Who may ask for what: the one table, by route. A route that is not in it is refused, and fails a test.

Routes are named by their function, with the file that it stands in: ``challenges.read_challenge``. Pages have one rule
for all routes of a file, since one kind of reader is what a file of pages is for. What belongs to another client or
municipality is told as not being there (404, not 403): that it exists is a secret.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from matchmaker.db.session import Database
from matchmaker.domain.access import Principal, Role, Scope
from matchmaker.domain.account import AT_THE_DESK, STAFF
from matchmaker.review.access import check_own_challenge, check_readable_challenge
from matchmaker_api.security.rates import Rate


@dataclass(frozen=True, slots=True)
class ObjectCheck:
    """Raises ``NotFoundError`` where the thing that a parameter of the path names is not for the one who asks."""

    parameter: str
    check: Callable[[Database, Principal, str], None]


class Link(StrEnum):
    """What a private link leads to."""

    CHALLENGE = "challenge"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may use a route: one of the roles, with a portal's key the scope, and for which thing."""

    roles: frozenset[Role]
    scope: Scope | None = None
    object: ObjectCheck | None = None
    rate: Rate = Rate.DEFAULT
    is_for_programs: bool = False
    """Whether a personal token is what opens it, and a session is not."""
    link: Link | None = None
    """The kind of private link whose secret, sent as a bearer's and not in the address, is what opens it."""


def _portal(scope: Scope, check: ObjectCheck | None = None, rate: Rate = Rate.DEFAULT) -> Rule:
    return Rule(frozenset({Role.PORTAL}), scope, check, rate)


EVERYBODY = Rule(frozenset(Role))
BY_LINK = Rule(frozenset({Role.PUBLIC, Role.LINK_HOLDER}))
"""The link in the path is what counts: whoever holds it may, and what it opens is looked up by it."""
SECRET_OF_LINK = Rule(frozenset({Role.LINK_HOLDER}), link=Link.CHALLENGE)
SECRET_OF_GROUP = Rule(frozenset({Role.LINK_HOLDER}), link=Link.GROUP)
DESK = Rule(AT_THE_DESK)
ADMINISTRATORS = Rule(frozenset({Role.ADMINISTRATOR}))
OFFICERS = Rule(frozenset({Role.OFFICER}))
CATALOGUE_READERS = Rule(frozenset(STAFF))
STEWARDS = Rule(frozenset({Role.STEWARD, Role.ADMINISTRATOR}))
SIGNED_IN = Rule(frozenset({*STAFF, Role.OFFICER}))

TOKEN_OF_READERS = replace(CATALOGUE_READERS, is_for_programs=True)
TOKEN_OF_STEWARDS = replace(STEWARDS, is_for_programs=True)
TOKEN_OF_ADMINISTRATORS = replace(ADMINISTRATORS, is_for_programs=True)
TOKEN_OF_ADVISERS = replace(DESK, is_for_programs=True)

OWN = ObjectCheck("challenge_id", check_own_challenge)
READABLE = ObjectCheck("challenge_id", check_readable_challenge)

ROUTES: Mapping[str, Rule] = {
    "applications.openapi": EVERYBODY,
    "static": EVERYBODY,
    "health.healthz": EVERYBODY,
    "health.readyz": EVERYBODY,
    "challenges.list_challenges": _portal(Scope.CHALLENGES_READ),
    "challenges.create_challenge": _portal(Scope.CHALLENGES_WRITE),
    "challenges.read_challenge": _portal(Scope.CHALLENGES_READ, READABLE),
    "challenges.amend_challenge": _portal(Scope.CHALLENGES_WRITE, OWN),
    "challenges.withdraw_challenge": _portal(Scope.CHALLENGES_WRITE, OWN),
    "challenges.answer_question": _portal(Scope.CHALLENGES_WRITE, OWN),
    "challenges.list_similar_challenges": _portal(Scope.CHALLENGES_READ, OWN),
    "shortlists.read_shortlist": _portal(Scope.SHORTLISTS_READ, READABLE),
    "public_challenges.list_public_challenges": _portal(Scope.CHALLENGES_READ),
    "public_challenges.read_public_challenge": _portal(Scope.CHALLENGES_READ),
    "collaborators.list_collaborators": _portal(Scope.COLLABORATORS_READ),
    "collaborators.read_collaborator": _portal(Scope.COLLABORATORS_READ),
    "match.match_text": _portal(Scope.MATCH, rate=Rate.MATCH),
    "events.list_events": _portal(Scope.EVENTS_READ),
    "webhooks.list_endpoints": _portal(Scope.WEBHOOKS_MANAGE),
    "webhooks.add_endpoint": _portal(Scope.WEBHOOKS_MANAGE),
    "webhooks.rotate_secret": _portal(Scope.WEBHOOKS_MANAGE),
    "webhooks.deactivate_endpoint": _portal(Scope.WEBHOOKS_MANAGE),
    "webhooks.list_deliveries": _portal(Scope.WEBHOOKS_MANAGE),
    "webhooks.replay_delivery": _portal(Scope.WEBHOOKS_MANAGE),
    "by_link.read_link": SECRET_OF_LINK,
    "by_link.read_linked_challenge": SECRET_OF_LINK,
    "by_link.amend_linked_challenge": SECRET_OF_LINK,
    "by_link.withdraw_linked_challenge": SECRET_OF_LINK,
    "by_link.answer_linked_question": SECRET_OF_LINK,
    "by_link.read_linked_shortlist": SECRET_OF_LINK,
    "by_link.choose_letters": SECRET_OF_LINK,
    "by_link.admit_other": SECRET_OF_LINK,
    "by_link.refuse_other": SECRET_OF_LINK,
    "by_link.replace_link": SECRET_OF_LINK,
    "by_link_draft.begin_draft": EVERYBODY,
    "by_link_draft.read_draft": SECRET_OF_LINK,
    "by_link_draft.write_draft": SECRET_OF_LINK,
    "by_link_draft.throw_draft_away": SECRET_OF_LINK,
    "by_link_draft.list_challenges_to_join": SECRET_OF_LINK,
    "by_link_draft.send_draft": SECRET_OF_LINK,
    "by_link_draft.join_challenge": SECRET_OF_LINK,
    "by_group_link.read_own_group": SECRET_OF_GROUP,
    "by_group_link.correct_own_texts": SECRET_OF_GROUP,
    "by_group_link.list_own_works": SECRET_OF_GROUP,
    "by_group_link.read_own_history": SECRET_OF_GROUP,
    "by_group_link.list_suggested_where": SECRET_OF_GROUP,
    "by_group_link.list_near_challenges": SECRET_OF_GROUP,
    "by_group_link.ask_for_own_alerts": SECRET_OF_GROUP,
    "by_group_link_acts.set_own_availability": SECRET_OF_GROUP,
    "by_group_link_acts.opt_own_group_out": SECRET_OF_GROUP,
    "by_group_link_acts.opt_own_group_in": SECRET_OF_GROUP,
    "by_group_link_acts.add_own_work": SECRET_OF_GROUP,
    "by_group_link_acts.hide_own_work": SECRET_OF_GROUP,
    "by_group_link_acts.show_own_work": SECRET_OF_GROUP,
    "by_group_link_acts.pin_own_work": SECRET_OF_GROUP,
    "by_group_link_acts.unpin_own_work": SECRET_OF_GROUP,
    "catalogue_groups.list_catalogue_groups": TOKEN_OF_READERS,
    "catalogue_groups.read_catalogue_group": TOKEN_OF_READERS,
    "catalogue_groups.read_group_history": TOKEN_OF_READERS,
    "catalogue_works.list_group_works": TOKEN_OF_READERS,
    "catalogue_tables.read_coverage": TOKEN_OF_READERS,
    "catalogue_tables.export_table": TOKEN_OF_STEWARDS,
    "catalogue_tables.blank_table": TOKEN_OF_STEWARDS,
    "catalogue_groups.correct_catalogue_group": TOKEN_OF_STEWARDS,
    "catalogue_groups.undo_correction": TOKEN_OF_STEWARDS,
    "catalogue_groups.set_availability": TOKEN_OF_STEWARDS,
    "catalogue_groups.retire_group": TOKEN_OF_STEWARDS,
    "catalogue_groups.reinstate_group": TOKEN_OF_STEWARDS,
    "catalogue_groups.opt_group_out": TOKEN_OF_STEWARDS,
    "catalogue_groups.opt_group_in": TOKEN_OF_STEWARDS,
    "catalogue_groups.merge_group": TOKEN_OF_STEWARDS,
    "catalogue_groups.split_group": TOKEN_OF_STEWARDS,
    "catalogue_works.add_work": TOKEN_OF_STEWARDS,
    "catalogue_works.unlink_work": TOKEN_OF_STEWARDS,
    "catalogue_works.hide_work": TOKEN_OF_STEWARDS,
    "catalogue_works.show_work": TOKEN_OF_STEWARDS,
    "catalogue_works.pin_work": TOKEN_OF_STEWARDS,
    "catalogue_works.unpin_work": TOKEN_OF_STEWARDS,
    "catalogue_links.list_suggested_links": TOKEN_OF_STEWARDS,
    "catalogue_links.search_links": TOKEN_OF_STEWARDS,
    "catalogue_links.answer_links": TOKEN_OF_STEWARDS,
    "catalogue_imports.list_imports": TOKEN_OF_STEWARDS,
    "catalogue_imports.send_import": TOKEN_OF_STEWARDS,
    "catalogue_imports.read_import": TOKEN_OF_STEWARDS,
    "catalogue_imports.list_import_lines": TOKEN_OF_STEWARDS,
    "catalogue_imports.approve_import": TOKEN_OF_STEWARDS,
    "catalogue_imports.stop_import": TOKEN_OF_STEWARDS,
    "catalogue_imports.resume_import": TOKEN_OF_STEWARDS,
    "catalogue_imports.undo_import": TOKEN_OF_STEWARDS,
    "access_keys.list_keys": TOKEN_OF_ADMINISTRATORS,
    "access_keys.make_key": TOKEN_OF_ADMINISTRATORS,
    "access_keys.read_key": TOKEN_OF_ADMINISTRATORS,
    "access_keys.revoke_key": TOKEN_OF_ADMINISTRATORS,
    "access_accounts.list_accounts": TOKEN_OF_ADMINISTRATORS,
    "access_accounts.end_account": TOKEN_OF_ADMINISTRATORS,
    "access_accounts.take_up_account": TOKEN_OF_ADMINISTRATORS,
    "access_accounts.list_sessions": TOKEN_OF_ADMINISTRATORS,
    "access_accounts.end_session": TOKEN_OF_ADMINISTRATORS,
    "access_accounts.list_mail_domains": TOKEN_OF_ADMINISTRATORS,
    "access_accounts.list_access_acts": TOKEN_OF_ADMINISTRATORS,
    "access_accounts.read_outbox": TOKEN_OF_ADMINISTRATORS,
    "access_webhooks.list_client_endpoints": TOKEN_OF_ADMINISTRATORS,
    "access_webhooks.read_client_endpoint": TOKEN_OF_ADMINISTRATORS,
    "access_webhooks.deactivate_client_endpoint": TOKEN_OF_ADMINISTRATORS,
    "access_webhooks.list_client_deliveries": TOKEN_OF_ADMINISTRATORS,
    "access_webhooks.replay_client_delivery": TOKEN_OF_ADMINISTRATORS,
    "desk_queue.list_cases": TOKEN_OF_ADVISERS,
    "desk_queue.read_desk_summary": TOKEN_OF_ADVISERS,
    "desk_queue.list_case_owners": TOKEN_OF_ADVISERS,
    "desk_queue.assign_cases": TOKEN_OF_ADVISERS,
    "desk_cases.read_case": TOKEN_OF_ADVISERS,
    "desk_cases.list_candidates": TOKEN_OF_ADVISERS,
    "desk_cases.list_case_letters": TOKEN_OF_ADVISERS,
    "desk_cases.list_case_events": TOKEN_OF_ADVISERS,
    "desk_cases.read_presence": TOKEN_OF_ADVISERS,
    "desk_candidates.add_candidate": TOKEN_OF_ADVISERS,
    "desk_candidates.fetch_further_candidates": TOKEN_OF_ADVISERS,
    "desk_candidates.decide_candidate": TOKEN_OF_ADVISERS,
    "desk_candidates.move_candidate": TOKEN_OF_ADVISERS,
    "desk_candidates.register_tie": TOKEN_OF_ADVISERS,
    "desk_candidates.take_back_tie": TOKEN_OF_ADVISERS,
    "desk_course.set_case_owner": TOKEN_OF_ADVISERS,
    "desk_course.set_case_route": TOKEN_OF_ADVISERS,
    "desk_course.write_note": TOKEN_OF_ADVISERS,
    "desk_course.ask_municipality": TOKEN_OF_ADVISERS,
    "desk_course.resume_review": TOKEN_OF_ADVISERS,
    "desk_course.decide_participant": TOKEN_OF_ADVISERS,
    "desk_course.undo_act": TOKEN_OF_ADVISERS,
    "desk_course.close_case": TOKEN_OF_ADVISERS,
    "desk_course.reopen_case": TOKEN_OF_ADVISERS,
    "desk_approval.preview_approval": TOKEN_OF_ADVISERS,
    "desk_approval.approve_list": TOKEN_OF_ADVISERS,
    "desk_approval.withdraw_approval": TOKEN_OF_ADVISERS,
    "desk_approval.release_list": TOKEN_OF_ADVISERS,
    "desk_approval.revise_list": TOKEN_OF_ADVISERS,
    "desk_looking.find_for_case": TOKEN_OF_ADVISERS,
    "desk_looking.compare_lists": TOKEN_OF_ADVISERS,
    "desk_looking.read_expertise_map": TOKEN_OF_ADVISERS,
    "desk_looking.read_blind_round": TOKEN_OF_ADVISERS,
    "desk_looking.grade_blind": TOKEN_OF_ADVISERS,
}

PAGES: Mapping[str, Rule] = {
    "public": EVERYBODY,
    "problems": EVERYBODY,
    "widget": EVERYBODY,
    "sign_in": EVERYBODY,
    "account": SIGNED_IN,
    "my": OFFICERS,
    "challenge_": BY_LINK,
    "letters": BY_LINK,
    "alerts": BY_LINK,
    "researcher_": BY_LINK,
    "desk_": DESK,
    "desk_access": ADMINISTRATORS,
    "catalogue_": STEWARDS,
    "catalogue_read_": CATALOGUE_READERS,
}
"""By the name of the file under ``pages/``, or what the names of several begin with; the longest that fits counts."""


def find_rule(module: str, function: str) -> Rule | None:
    """The rule of a route, by the module and name of its function; None where nobody may use it."""
    package, _, file = module.rpartition(".")
    if package == "matchmaker_api.pages":
        return PAGES.get(max((one for one in PAGES if file.startswith(one)), key=len, default=""))
    return ROUTES.get(f"{file}.{function}")
