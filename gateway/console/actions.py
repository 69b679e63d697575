"""The decisions that a page offers: their words, when each is open to whom, and what each asks of the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from gateway.console import decision_forms as forms
from gateway.console.decision_forms import Form, Problem
from gateway.console.matter import Matter
from gateway.incident import Addressee, Standing, Verb
from gateway.model import Detector, GrantKind
from gateway.store import decisions


@dataclass(frozen=True, slots=True)
class Action:
    """One decision: its page, and how it is checked and carried out.

    `choices` are the recipients it may be about, by position: none means that it is not open.  `check` gives what is
    wrong with a form, `carry` records it in the store (blocks) and raises NotDone.
    """

    path: str
    label: str
    hint: str
    template: str
    choices: Callable[[Matter], Mapping[str, Addressee]]
    check: Callable[[Matter, Form], list[Problem]]
    carry: Callable[[Matter, Form], decisions.Decided]
    style: str = "govuk-button--secondary"

    @property
    def chooses(self) -> bool:
        """Whether its form lets people choose among the recipients."""
        return self.path in ("wait", "grant", "release")


def offered(matter: Matter) -> list[Action]:
    """The decisions that are open to the person now."""
    return [action for action in ACTIONS.values() if action.choices(matter)]


def _refusable(matter: Matter) -> Mapping[str, Addressee]:
    """Whoever waits; what is damaged can be refused even after somebody released it, for it can never be sent."""
    incident = matter.incident
    if not incident.damaged or not matter.behalf:
        return matter.held
    waiting = (Standing.HELD, Standing.RELEASING)
    return {str(n): one for n, one in enumerate(incident.recipients) if one.standing in waiting}


def _sendable(matter: Matter) -> Mapping[str, Addressee]:
    return {} if matter.incident.damaged else matter.unsaid(Verb.RELEASE)


def _grantable(matter: Matter) -> Mapping[str, Addressee]:
    """Persons to whom something under embargo is closed; a group gets access by each of its members."""
    known = {publication.id for publication in matter.coming}
    return {
        position: one
        for position, one in _sendable(matter).items()
        if one.group is None and not known.isdisjoint(one.ineligible_for)
    }


def _waitable(matter: Matter) -> Mapping[str, Addressee]:
    coming = {publication.id for publication in matter.coming}
    held = {} if matter.incident.damaged else matter.held
    return {position: one for position, one in held.items() if not coming.isdisjoint(matter.closed(one))}


def _mistakable(matter: Matter) -> Mapping[str, Addressee]:
    """A false alarm needs evidence that can be remembered: what could not be read is none."""
    remembered = {
        key
        for finding in matter.incident.findings
        if finding.trace and finding.detector is not Detector.UNREADABLE
        for key in ((finding.publication,) if finding.publication else finding.candidates or (None,))
    }
    return _sendable(matter) if remembered & matter.behalf else {}


def _check_release(matter: Matter, form: Form) -> list[Problem]:
    chosen = forms.chosen(form, _sendable(matter))
    granted = decisions.grants_in(matter.register, matter.now)
    bare = any(key is None or not granted(key, one.address) for one in chosen for key in matter.closed(one))
    return [
        *forms.wrong_recipients(form, _sendable(matter)),
        *forms.wrong_reason(form, needed=bare or not chosen),
    ]


def _check_grant(matter: Matter, form: Form) -> list[Problem]:
    return [
        *forms.wrong_recipients(form, _grantable(matter)),
        *forms.wrong_kind(form),
        *forms.wrong_reason(form, needed=True),
        *forms.wrong_declaration(form, matter.now.astimezone(matter.desk.zone).date()),
    ]


def _check_refuse(_matter: Matter, form: Form) -> list[Problem]:
    return [*forms.wrong_message(form), *forms.wrong_reason(form, needed=False)]


def _check_wait(matter: Matter, form: Form) -> list[Problem]:
    return [
        *forms.wrong_verb(form),
        *forms.wrong_recipients(form, _waitable(matter)),
        *forms.wrong_reason(form, needed=False),
    ]


def _check_false_alarm(_matter: Matter, form: Form) -> list[Problem]:
    return forms.wrong_reason(form, needed=True)


def _release(matter: Matter, form: Form) -> decisions.Decided:
    return decisions.release(
        matter.desk.database,
        matter.ref,
        _named(forms.chosen(form, _sendable(matter))),
        form.reason,
        matter.visit.address,
        matter.now,
        decisions.grants_in(matter.register, matter.now),
        on_behalf=matter.behalf,
    )


def _grant(matter: Matter, form: Form) -> decisions.Decided:
    return decisions.grant_and_release(
        matter.desk.database,
        matter.ref,
        _named(forms.chosen(form, _grantable(matter))),
        GrantKind(form.kind),
        form.reason,
        forms.declared(form),
        matter.visit.address,
        matter.now,
        decisions.grants_in(matter.register, matter.now),
        on_behalf=matter.behalf,
    )


def _refuse(matter: Matter, form: Form) -> decisions.Decided:
    return decisions.discard(
        matter.desk.database,
        matter.ref,
        form.reason,
        matter.visit.address,
        matter.now,
        message=form.message,
        on_behalf=matter.behalf,
    )


def _wait(matter: Matter, form: Form) -> decisions.Decided:
    verb = Verb(form.verb)
    chosen = [position for position in _waitable(matter) if position in form.recipients]
    # Whoever waits for this already may be among "all of them"; naming only such is a decision made before.
    fresh = [position for position in chosen if position in matter.unsaid(verb)] or chosen
    return decisions.at_live(
        matter.desk.database,
        matter.ref,
        _named(tuple(matter.held[position] for position in fresh)),
        verb,
        form.reason,
        matter.visit.address,
        matter.now,
        on_behalf=matter.behalf & {publication.id for publication in matter.coming},
    )


def _false_alarm(matter: Matter, form: Form) -> decisions.Decided:
    return decisions.false_alarm(
        matter.desk.database,
        matter.ref,
        form.reason,
        matter.visit.address,
        matter.now,
        on_behalf=matter.behalf,
    )


def _named(chosen: tuple[Addressee, ...]) -> list[str]:
    return [one.address for one in chosen]


_ALL = (
    Action(
        "refuse",
        "Refuse it",
        "Safe. Nobody who waits gets it, and the sender is told.",
        "refuse.html",
        _refusable,
        _check_refuse,
        _refuse,
        "",
    ),
    Action(
        "wait",
        "Keep it until publication",
        "Safe. Nobody gets it before the statistics are public.",
        "at_live.html",
        _waitable,
        _check_wait,
        _wait,
    ),
    Action(
        "grant",
        "Give access and send it",
        "Puts people on the access list, with a reason, and sends them the mail now.",
        "grant.html",
        _grantable,
        _check_grant,
        _grant,
    ),
    Action(
        "release",
        "Send it without giving access",
        "Sends this one mail now. The record says who got it without access, and why.",
        "release.html",
        _sendable,
        _check_release,
        _release,
    ),
    Action(
        "false-alarm",
        "It is a false alarm",
        "Sends the mail now, and the same evidence will not stop another one.",
        "false_alarm.html",
        _mistakable,
        _check_false_alarm,
        _false_alarm,
    ),
)
ACTIONS = {action.path: action for action in _ALL}
"""Path -> action, the safe ones first."""
