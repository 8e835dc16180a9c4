"""Every problem that the API tells of: its code, its status, what it means and what to do. Each has a page."""

from dataclasses import dataclass
from http import HTTPStatus

from matchmaker.domain.errors import mark


@dataclass(frozen=True, slots=True)
class ProblemKind:
    """A kind of problem. The texts are marked templates without values."""

    status: HTTPStatus
    title: str
    remedy: str


UNREADABLE = mark("The request cannot be read.")
UNACCEPTABLE = mark("The request cannot be accepted as it is.")
NO_GOOD_KEY = mark("The request needs a valid API key or personal token.")
NOTHING_HERE = mark("There is nothing here.")
NOT_READY = mark("The service is not ready.")
NOT_ALLOWED = mark("What you sent to identify yourself does not allow this.")
NEW_KEY = mark("Ask the one who runs Matchmaker for a new key, and put it in the place of the old one.")
CORRECT = mark("Correct what the list of errors points at, and send the request again.")

PROBLEMS: dict[str, ProblemKind] = {
    "invalid-json": ProblemKind(
        HTTPStatus.BAD_REQUEST,
        UNREADABLE,
        mark("Send one JSON value in UTF-8, with the Content-Type application/json."),
    ),
    "too-deep": ProblemKind(
        HTTPStatus.BAD_REQUEST, UNREADABLE, mark("No request needs more than 32 levels of lists and objects.")
    ),
    "bad-request": ProblemKind(
        HTTPStatus.BAD_REQUEST, UNREADABLE, mark("Compare the request with the API's description.")
    ),
    "no-key": ProblemKind(
        HTTPStatus.UNAUTHORIZED, NO_GOOD_KEY, mark("Send the header “Authorization: Bearer mm_…” with each request.")
    ),
    "invalid-key": ProblemKind(
        HTTPStatus.UNAUTHORIZED,
        NO_GOOD_KEY,
        mark("Check that the whole key was sent, from mm_ to its end, without quotation marks or line ends."),
    ),
    "invalid-link": ProblemKind(
        HTTPStatus.UNAUTHORIZED,
        mark("The private link opens nothing."),
        mark("Send what stands behind /challenges/ in the link, whole. Links in letters end; the saved one does not."),
    ),
    "expired-key": ProblemKind(HTTPStatus.UNAUTHORIZED, NO_GOOD_KEY, NEW_KEY),
    "revoked-key": ProblemKind(HTTPStatus.UNAUTHORIZED, NO_GOOD_KEY, NEW_KEY),
    "forbidden": ProblemKind(HTTPStatus.FORBIDDEN, NOT_ALLOWED, mark("This is not open to whoever asked.")),
    "missing-scope": ProblemKind(
        HTTPStatus.FORBIDDEN, NOT_ALLOWED, mark("Ask the one who runs Matchmaker for a key with the scope that lacks.")
    ),
    "other-municipality": ProblemKind(
        HTTPStatus.FORBIDDEN, NOT_ALLOWED, mark("Name a municipality that the key is for.")
    ),
    "not-found": ProblemKind(
        HTTPStatus.NOT_FOUND,
        NOTHING_HERE,
        mark("Check the address and the id. What belongs to another municipality is not there for your key."),
    ),
    "not-approved-yet": ProblemKind(
        HTTPStatus.NOT_FOUND,
        mark("There is no approved list yet."),
        mark("An adviser reads every list before it is sent. Ask again later, or be told by a webhook."),
    ),
    "method-not-allowed": ProblemKind(
        HTTPStatus.METHOD_NOT_ALLOWED, mark("This cannot be done here."), mark("The header Allow says what can.")
    ),
    "illegal-act": ProblemKind(
        HTTPStatus.CONFLICT,
        mark("The challenge is in a state in which this cannot be done."),
        mark("Read the challenge again: its state says what can be done."),
    ),
    "other-question": ProblemKind(
        HTTPStatus.CONFLICT,
        mark("The question is no longer the one that waits."),
        mark("Read the challenge again: it shows the question that waits, with its id."),
    ),
    "inactive-endpoint": ProblemKind(
        HTTPStatus.CONFLICT, mark("The endpoint is not active."), mark("Add a new endpoint in its place.")
    ),
    "cannot-replay": ProblemKind(
        HTTPStatus.CONFLICT,
        mark("The message cannot be sent again now."),
        mark("Wait until it was delivered or given up. The endpoint must be active."),
    ),
    "stale-case": ProblemKind(
        HTTPStatus.CONFLICT,
        mark("Somebody else was faster."),
        mark("Read the challenge again, and send your change anew if it is still right."),
    ),
    "own-account": ProblemKind(
        HTTPStatus.CONFLICT,
        mark("This cannot be done to your own account."),
        mark("Another administrator can do it, or whoever runs Matchmaker at the command line."),
    ),
    "import-state": ProblemKind(
        HTTPStatus.CONFLICT,
        mark("The import is at another step."),
        mark("Read the import again: it says what can be asked of it now."),
    ),
    "precondition-failed": ProblemKind(
        HTTPStatus.PRECONDITION_FAILED,
        mark("It is no longer as you read it."),
        mark("Read it again, bring your change into what is there now, and send it with the new ETag."),
    ),
    "content-too-large": ProblemKind(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        mark("What was sent is too large"),
        mark("A body may have 1 MB. Nothing was saved."),
    ),
    "unsupported-media-type": ProblemKind(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        UNREADABLE,
        mark("Send JSON, and say so with the Content-Type application/json."),
    ),
    "invalid-challenge": ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, UNACCEPTABLE, CORRECT),
    "invalid-description": ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, UNACCEPTABLE, CORRECT),
    "personal-data": ProblemKind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        mark("There may be personal data in what was sent."),
        mark("Take out what tells who somebody is; if nothing does, send it again with checked=true."),
    ),
    "invalid-request": ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, UNACCEPTABLE, CORRECT),
    "invalid-cursor": ProblemKind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        UNACCEPTABLE,
        mark("Send a cursor as you got it from the link to the next page, or none to begin anew."),
    ),
    "invalid-endpoint": ProblemKind(HTTPStatus.UNPROCESSABLE_ENTITY, UNACCEPTABLE, CORRECT),
    "refused-target": ProblemKind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        UNACCEPTABLE,
        mark("Give an https address on the public internet, at port 443 or 8443."),
    ),
    "idempotency-key-reused": ProblemKind(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        UNACCEPTABLE,
        mark("Use a new Idempotency-Key for each new request, and the same one only to repeat it."),
    ),
    "precondition-required": ProblemKind(
        HTTPStatus.PRECONDITION_REQUIRED,
        mark("The request must say which version it changes."),
        mark("Read the challenge, and send its ETag in the header If-Match, so that nobody's change is lost."),
    ),
    "too-many-requests": ProblemKind(
        HTTPStatus.TOO_MANY_REQUESTS,
        mark("There were too many requests."),
        mark("Wait for the seconds of Retry-After. The headers RateLimit and RateLimit-Policy say what is left."),
    ),
    "fault": ProblemKind(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        mark("Something went wrong. It has been logged; try again."),
        mark("If it happens again, tell the one who runs Matchmaker the X-Request-ID of the answer."),
    ),
    "not-ready": ProblemKind(HTTPStatus.SERVICE_UNAVAILABLE, NOT_READY, mark("Try again in some seconds.")),
    "setup": ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE, NOT_READY, mark("The one who runs Matchmaker has to mend the installation.")
    ),
    "storage": ProblemKind(
        HTTPStatus.SERVICE_UNAVAILABLE, NOT_READY, mark("Nothing was saved. Try again in a minute.")
    ),
    "error": ProblemKind(
        HTTPStatus.UNPROCESSABLE_ENTITY, UNACCEPTABLE, mark("The detail of the problem says what is wrong.")
    ),
}


def problem_kind(code: str) -> ProblemKind:
    """The kind of a code; for one that is not in the catalogue, the general one."""
    return PROBLEMS.get(code, PROBLEMS["error"])


def problem_type(code: str) -> str:
    """The address of the page that tells of the problem, and by which programs know it."""
    return f"/problems/{code if code in PROBLEMS else 'error'}"
