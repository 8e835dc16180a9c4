"""What each route of the API needs, written down a second time: a rule that is changed by mistake does not pass."""

from matchmaker.domain.access import Role, Scope

NEEDS = {
    "GET /api/v1/challenges": Scope.CHALLENGES_READ,
    "POST /api/v1/challenges": Scope.CHALLENGES_WRITE,
    "GET /api/v1/challenges/{challenge_id}": Scope.CHALLENGES_READ,
    "PUT /api/v1/challenges/{challenge_id}": Scope.CHALLENGES_WRITE,
    "POST /api/v1/challenges/{challenge_id}/withdrawal": Scope.CHALLENGES_WRITE,
    "POST /api/v1/challenges/{challenge_id}/answer": Scope.CHALLENGES_WRITE,
    "GET /api/v1/challenges/{challenge_id}/similar": Scope.CHALLENGES_READ,
    "GET /api/v1/challenges/{challenge_id}/shortlist": Scope.SHORTLISTS_READ,
    "GET /api/v1/public-challenges": Scope.CHALLENGES_READ,
    "GET /api/v1/public-challenges/{challenge_id}": Scope.CHALLENGES_READ,
    "GET /api/v1/collaborators": Scope.COLLABORATORS_READ,
    "GET /api/v1/collaborators/{collaborator_id}": Scope.COLLABORATORS_READ,
    "POST /api/v1/match": Scope.MATCH,
    "GET /api/v1/events": Scope.EVENTS_READ,
    "GET /api/v1/webhooks": Scope.WEBHOOKS_MANAGE,
    "POST /api/v1/webhooks": Scope.WEBHOOKS_MANAGE,
    "POST /api/v1/webhooks/{endpoint_id}/secret": Scope.WEBHOOKS_MANAGE,
    "DELETE /api/v1/webhooks/{endpoint_id}": Scope.WEBHOOKS_MANAGE,
    "GET /api/v1/webhooks/{endpoint_id}/deliveries": Scope.WEBHOOKS_MANAGE,
    "POST /api/v1/webhooks/deliveries/{delivery_id}/replay": Scope.WEBHOOKS_MANAGE,
}
READERS = {Role.ADVISER, Role.STEWARD, Role.ADMINISTRATOR}
CURATORS = {Role.STEWARD, Role.ADMINISTRATOR}
GROUPS = "/api/v1/catalogue/groups"
# Which roles a personal token may have for each route, written down a second time as well.
TOKEN_NEEDS = {
    f"GET {GROUPS}": READERS,
    f"GET {GROUPS}/{{group_id}}": READERS,
    f"GET {GROUPS}/{{group_id}}/history": READERS,
    f"GET {GROUPS}/{{group_id}}/works": READERS,
    "GET /api/v1/catalogue/coverage": READERS,
    "GET /api/v1/catalogue/tables/export/{table}/{form}": CURATORS,
    "GET /api/v1/catalogue/tables/blank/{table}/{form}": CURATORS,
    f"PUT {GROUPS}/{{group_id}}/texts": CURATORS,
    f"DELETE {GROUPS}/{{group_id}}/texts": CURATORS,
    f"PUT {GROUPS}/{{group_id}}/availability": CURATORS,
    f"PUT {GROUPS}/{{group_id}}/retirement": CURATORS,
    f"DELETE {GROUPS}/{{group_id}}/retirement": CURATORS,
    f"PUT {GROUPS}/{{group_id}}/opt-out": CURATORS,
    f"DELETE {GROUPS}/{{group_id}}/opt-out": CURATORS,
    f"POST {GROUPS}/{{group_id}}/merger": CURATORS,
    f"POST {GROUPS}/{{group_id}}/split": CURATORS,
    f"POST {GROUPS}/{{group_id}}/works": CURATORS,
    f"DELETE {GROUPS}/{{group_id}}/works/{{work_id:path}}": CURATORS,
    f"PUT {GROUPS}/{{group_id}}/hidden-works/{{work_id:path}}": CURATORS,
    f"DELETE {GROUPS}/{{group_id}}/hidden-works/{{work_id:path}}": CURATORS,
    f"PUT {GROUPS}/{{group_id}}/pinned-works/{{work_id:path}}": CURATORS,
    f"DELETE {GROUPS}/{{group_id}}/pinned-works/{{work_id:path}}": CURATORS,
    "GET /api/v1/catalogue/links": CURATORS,
    "POST /api/v1/catalogue/links/search": CURATORS,
    "POST /api/v1/catalogue/links/answers": CURATORS,
    "GET /api/v1/catalogue/imports": CURATORS,
    "POST /api/v1/catalogue/imports": CURATORS,
    "GET /api/v1/catalogue/imports/{import_id}": CURATORS,
    "GET /api/v1/catalogue/imports/{import_id}/lines": CURATORS,
    "POST /api/v1/catalogue/imports/{import_id}/approval": CURATORS,
    "POST /api/v1/catalogue/imports/{import_id}/stop": CURATORS,
    "POST /api/v1/catalogue/imports/{import_id}/resumption": CURATORS,
    "POST /api/v1/catalogue/imports/{import_id}/undoing": CURATORS,
}
ADMINISTRATORS = {Role.ADMINISTRATOR}
ACCESS = "/api/v1/access"
TOKEN_NEEDS |= {
    f"GET {ACCESS}/keys": ADMINISTRATORS,
    f"POST {ACCESS}/keys": ADMINISTRATORS,
    f"GET {ACCESS}/keys/{{key_id}}": ADMINISTRATORS,
    f"POST {ACCESS}/keys/{{key_id}}/revocation": ADMINISTRATORS,
    f"GET {ACCESS}/accounts": ADMINISTRATORS,
    f"PUT {ACCESS}/accounts/{{label}}/ending": ADMINISTRATORS,
    f"DELETE {ACCESS}/accounts/{{label}}/ending": ADMINISTRATORS,
    f"GET {ACCESS}/sessions": ADMINISTRATORS,
    f"DELETE {ACCESS}/sessions/{{session_id}}": ADMINISTRATORS,
    f"GET {ACCESS}/mail-domains": ADMINISTRATORS,
    f"GET {ACCESS}/record": ADMINISTRATORS,
    f"GET {ACCESS}/outbox": ADMINISTRATORS,
    f"GET {ACCESS}/webhooks": ADMINISTRATORS,
    f"GET {ACCESS}/webhooks/{{endpoint_id}}": ADMINISTRATORS,
    f"POST {ACCESS}/webhooks/{{endpoint_id}}/deactivation": ADMINISTRATORS,
    f"GET {ACCESS}/webhooks/{{endpoint_id}}/deliveries": ADMINISTRATORS,
    f"POST {ACCESS}/webhooks/{{endpoint_id}}/deliveries/{{delivery_id}}/replay": ADMINISTRATORS,
}
LINK = "/api/v1/by-link"
# What a private link's secret opens, and nothing else does.
LINK_NEEDS = {
    f"GET {LINK}",
    f"GET {LINK}/challenge",
    f"PUT {LINK}/challenge",
    f"POST {LINK}/withdrawal",
    f"POST {LINK}/answer",
    f"GET {LINK}/shortlist",
    f"PUT {LINK}/letters",
    f"PUT {LINK}/others/{{participant_id}}/admission",
    f"DELETE {LINK}/others/{{participant_id}}/admission",
    f"POST {LINK}/replacement",
    f"GET {LINK}/draft",
    f"PATCH {LINK}/draft",
    f"DELETE {LINK}/draft",
    f"GET {LINK}/draft/similar",
    f"POST {LINK}/draft/submission",
    f"POST {LINK}/draft/joining",
}
GROUP_LINK = "/api/v1/by-group-link"
GROUP_LINK_NEEDS = {
    f"GET {GROUP_LINK}",
    f"PUT {GROUP_LINK}/texts",
    f"GET {GROUP_LINK}/works",
    f"POST {GROUP_LINK}/works",
    f"GET {GROUP_LINK}/history",
    f"GET {GROUP_LINK}/suggested",
    f"GET {GROUP_LINK}/near",
    f"POST {GROUP_LINK}/alerts",
    f"PUT {GROUP_LINK}/availability",
    f"PUT {GROUP_LINK}/opt-out",
    f"DELETE {GROUP_LINK}/opt-out",
    f"PUT {GROUP_LINK}/hidden-works/{{work_id:path}}",
    f"DELETE {GROUP_LINK}/hidden-works/{{work_id:path}}",
    f"PUT {GROUP_LINK}/pinned-works/{{work_id:path}}",
    f"DELETE {GROUP_LINK}/pinned-works/{{work_id:path}}",
}
OPEN = {"POST /api/v1/drafts"}
"""What anybody may, as in the form."""

BODIES = {
    "POST /api/v1/challenges": {"text": "Vägen bullrar."},
    "PUT /api/v1/challenges/{challenge_id}": {"text": "Vägen bullrar."},
    "POST /api/v1/challenges/{challenge_id}/answer": {"question": "1", "text": "Ja."},
    "POST /api/v1/match": {"text": "Vägen bullrar."},
    "POST /api/v1/webhooks": {"url": "https://192.88.98.1/hook"},
}
LINK_BODIES = {
    f"PUT {LINK}/challenge": {"text": "Vägen bullrar."},
    f"POST {LINK}/answer": {"question": "1", "text": "Ja."},
    f"PUT {LINK}/letters": {"wanted": True},
}
