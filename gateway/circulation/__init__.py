"""From the circulation mail of another department to an entry of the register: read a draft, then take it.

Nothing is guessed in silence: whatever could not be read, or can be read in two ways, is among the draft's `problems`,
in words for the person who takes it.  The Message-IDs of the thread are not read yet: they join the draft when there
is a detector that looks for them.
"""

from __future__ import annotations

from gateway.circulation.attachments import Attachment, attachments
from gateway.circulation.draft import ORIGIN, Draft
from gateway.circulation.entry import register
from gateway.circulation.letter import NotAMail, read

__all__ = ["ORIGIN", "Attachment", "Draft", "NotAMail", "attachments", "read", "register"]
