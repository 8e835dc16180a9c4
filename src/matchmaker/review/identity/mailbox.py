"""One name for a mailbox, however its address is spelled: by it officers are known, and requests counted."""

import unicodedata

from matchmaker.domain.errors import mark
from matchmaker.notify.mail import InvalidMailError, read_address

LONGEST = 254
"""Characters of an address that mail can be sent to (RFC 5321, section 4.5.3.1.3)."""


def mailbox_of(address: str) -> str:
    """The mailbox that an address leads to: without quotes, comments and case, and without what follows a plus.

    What stands behind a plus is the reader's own mark (RFC 5233), and the mail of all marks lies in one box.

    Raises:
        InvalidMailError: that is no address at all.
    """
    if len(address) > LONGEST:
        raise InvalidMailError(mark("That is no e-mail address."))
    local, _, domain = read_address(address).addr_spec.rpartition("@")
    name = local.partition("+")[0] or local
    return unicodedata.normalize("NFKC", f"{name}@{domain}").casefold()
