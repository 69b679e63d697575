"""The words of pages: what a state, a detector or a kind of incident is called in plain English."""

from __future__ import annotations

from gateway.incident import Standing
from gateway.model import Reason

STANDINGS = {
    Standing.HELD: "Waiting for a decision",
    Standing.RELEASING: "Being sent",
    Standing.REJECTED: "Refused",
    Standing.DISCARDED: "Not sent",
    Standing.RELEASED: "Sent after a decision",
    Standing.RELAYED: "Sent",
    Standing.OBSERVED: "Sent, only observed",
}
"""What became of a mail or of one recipient."""

UNREADABLE = {
    Reason.ENCRYPTED.value: "it is encrypted",
    Reason.BROKEN.value: "it is damaged",
    Reason.AMBIGUOUS.value: "programs would disagree about what it is",
    Reason.TOO_DEEP.value: "too many things are packed into each other",
    Reason.TOO_LARGE.value: "it is too large",
    Reason.UNSUPPORTED.value: "nothing here can read this kind of file",
    Reason.DEADLINE.value: "reading it took too long",
    Reason.SCANNER.value: "the reader failed at it several times",
    Reason.IMAGE.value: "it is a picture, and what it shows was not read",
}
"""Why something could not be read, by the word that findings and documents carry."""
