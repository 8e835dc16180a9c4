"""The token in forms: proof that a form was made by this site for this session.

A second line behind the check of where a request comes from (``SameSiteOnly``), which trusts what browsers say.
https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
"""

import hmac

from fastapi import Request

from matchmaker_api.identity.refusals import SAFE, FormTokenRefused

FIELD = "form_token"
HEADER = "X-Form-Token"


async def check_form_token(request: Request) -> None:
    """Dependency of the whole application: what a session's right is used for has the session's token with it.

    Where the session is not what lets the request in, as behind a private link, there is no right to be borrowed.

    Raises:
        FormTokenRefused: it has not.
    """
    if request.method in SAFE or not getattr(request.state, "by_session", False):
        return
    form = await request.form()
    sent = form.get(FIELD) or request.headers.get(HEADER, "")
    expected: str = request.state.form_token
    if not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), expected.encode()):
        raise FormTokenRefused(form)
