"""From the circulation mail of another department to an entry of the register: read a draft, then take it.

Nothing is guessed in silence: whatever could not be read, or can be read in two ways, is among the draft's `problems`,
in words for the person who takes it.  What answers the mail is known by its Message-ID once the draft is taken.
"""

from __future__ import annotations

from gateway.circulation.attachments import Attachment, attachments
from gateway.circulation.draft import ORIGIN, Draft
from gateway.circulation.entry import register
from gateway.circulation.letter import NotAMail, read

__all__ = ["ORIGIN", "Attachment", "Draft", "NotAMail", "attachments", "read", "register"]
