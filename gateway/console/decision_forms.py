"""The forms of the decisions: what was typed, what is wrong with it, and what it asks the store to do.

Pure.  Nothing that somebody typed is lost: a form that is wrong comes back with its problems, each naming its field.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from gateway.incident import Addressee, Verb
from gateway.letters.form import one_line
from gateway.model import GrantKind

MAX_REASON = 500
MAX_MESSAGE = 2000

OTHER = "other"
GRANT_REASONS = (
    "Takes over from somebody who is on the list",
    "Needs it to brief a minister or to prepare a statement",
    "Helps to make or to check these statistics",
    "Should have been on the list and was left out by mistake",
)
RELEASE_REASONS = (
    "The mail says nothing of what is not yet published",
    "They have the material already and need this mail to put things right",
    "They make or check these statistics",
)
FALSE_ALARM_REASONS = (
    "It only quotes the warning, for example in training material or an announcement",
    "It is about statistics that are published already",
    "The file or text is public, or belongs to something else",
)
VERBS = {
    Verb.SEND: "Send it once the statistics are published",
    Verb.DROP: "Delete it once the statistics are published, and tell the sender",
}
KINDS = {
    GrantKind.PRE_RELEASE: "Early access: to prepare for the day of publication",
    GrantKind.PRODUCTION: "Production: they make or check the statistics",
}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong in a form: the id of the field, and what to do about it."""

    field: str
    text: str


@dataclass(frozen=True, slots=True)
class Form:
    """What a decision's form holds, as it was typed; `recipients` are positions in the mail's envelope."""

    recipients: tuple[str, ...] = ()
    why: str = ""
    other: str = ""
    kind: str = ""
    day: str = ""
    month: str = ""
    year: str = ""
    verb: str = ""
    message: str = ""
    seen: str = ""

    @classmethod
    def of(cls, fields: Mapping[str, str], recipients: Sequence[str]) -> Form:
        """The form from what was sent; whatever is missing is empty, whatever is too long is kept for the page."""
        return cls(
            recipients=tuple(recipients),
            message=fields.get("message", "").replace("\r\n", "\n").strip(),
            **{
                name: one_line(" ".join(fields.get(name, "").split()))
                for name in ("why", "other", "kind", "day", "month", "year", "verb", "seen")
            },
        )

    @property
    def reason(self) -> str:
        """The reason in one line: what was typed wins over what was chosen."""
        return self.other or ("" if self.why == OTHER else self.why)


def chosen(form: Form, held: Mapping[str, Addressee]) -> tuple[Addressee, ...]:
    """The held recipients (position -> recipient) that the form names, in their order; others are left out."""
    return tuple(one for position, one in held.items() if position in form.recipients)


def wrong_recipients(form: Form, held: Mapping[str, Addressee]) -> list[Problem]:
    """Whether anybody was chosen."""
    return [] if chosen(form, held) else [Problem("recipient", "Select at least one recipient")]


def wrong_reason(form: Form, *, needed: bool) -> list[Problem]:
    """Whether there is a reason where one is needed, and it fits."""
    if len(form.reason) > MAX_REASON:
        return [Problem("other", f"The reason must be {MAX_REASON} characters or fewer")]
    if needed and not form.reason:
        return [Problem("why", "Select a reason, or write your own")]
    return []


def wrong_kind(form: Form) -> list[Problem]:
    """Whether the kind of access is one of the two."""
    known = form.kind in {kind.value for kind in GrantKind}
    return [] if known else [Problem("kind", "Select what kind of access they need")]


def wrong_verb(form: Form) -> list[Problem]:
    """Whether it is said what happens at publication."""
    known = form.verb in {verb.value for verb in VERBS}
    return [] if known else [Problem("verb", "Select what happens when the statistics are published")]


def wrong_message(form: Form) -> list[Problem]:
    """Whether the message to the sender fits into a letter."""
    fits = len(form.message) <= MAX_MESSAGE
    return [] if fits else [Problem("message", f"The message must be {MAX_MESSAGE} characters or fewer")]


def declared(form: Form) -> date | None:
    """The date of the declaration; None where nothing was typed.  Raises ValueError where it is no date."""
    typed = (form.year, form.month, form.day)
    if not any(typed):
        return None
    return date(*(int(each) for each in typed))


def wrong_declaration(form: Form, today: date) -> list[Problem]:
    """Whether the declaration's date is a date, and not in the future."""
    try:
        when = declared(form)
    except (ValueError, OverflowError):
        return [Problem("day", "The date of the declaration must be a real date, such as 27 3 2018")]
    if when is not None and not date(2000, 1, 1) <= when <= today:
        return [Problem("day", "The date of the declaration must be today or in the past")]
    return []


def kept(reasons: Iterable[str]) -> list[tuple[str, str]]:
    """Reasons as the value and label of radio buttons."""
    return [(reason, reason) for reason in reasons]
