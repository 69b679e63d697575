"""Policy: recipients x publications x time.  The table that says what becomes of a mail.

How to read `decide`, from the top:

1. Each finding becomes a *claim*: whose material it is, and what to do for those who may not have it.
2. A recipient is *ineligible* under a claim if no publication in it is open to them now; a group, if that is so of
   any of its members.
3. Reject for one means reject for all: the final dot has one reply.
4. Otherwise who is ineligible is held; the others get the mail now (`split`) or wait as well (`whole`).
5. In monitor mode nobody waits: the mail is relayed, recorded and alerted.

Nothing here has a clock, and no detector has a say beyond its finding.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from gateway.address import canonical
from gateway.eligibility import Eligibility, Likenesses
from gateway.model import (
    Decision,
    Detector,
    Disposition,
    Envelope,
    Finding,
    Mixed,
    OnFinding,
    Outcome,
    Policy,
    Reason,
    Recipient,
    Register,
    Scope,
)
from gateway.persons import Party, party

_ASKED = {
    OnFinding.MONITOR: Disposition.RELAY,
    OnFinding.HOLD: Disposition.HOLD,
    OnFinding.REJECT: Disposition.REJECT,
}


@dataclass(frozen=True, slots=True)
class Claim:
    """What one finding asks: it is open to whoever is eligible for one of `open_to`; others get `asked`.

    `about` are the publications an incident belongs to, None for an unknown one.
    """

    about: tuple[str | None, ...]
    open_to: tuple[str, ...]
    asked: Disposition


def decide(
    envelope: Envelope, findings: tuple[Finding, ...], register: Register, policy: Policy, now: datetime
) -> Decision:
    """The outcome for each recipient of a mail in which `findings` were found, at `now` (aware); never raises.

    A finding of what is no longer under embargo is dropped; an unreadable one gets the publication it counts for.
    """
    desk = Desk(register, policy, now)
    standing = tuple(
        counted
        for finding in findings
        if desk.stands(finding)
        for counted in desk.attribute(finding, envelope.sender)
    )
    claims = tuple(
        dict.fromkeys(claim for finding in standing for claim in desk.claims(finding, envelope.sender))
    )
    outcomes = _outcomes(envelope, claims, desk)
    return Decision(
        outcomes,
        standing,
        desk.ordered(key for outcome in outcomes for key in outcome.ineligible_for),
        observed=_observed(outcomes),
        sender_ineligible_for=desk.closed_to_sender(standing, envelope.sender),
        sender_suspended_until=desk.suspended(envelope.sender) if standing else None,
    )


def _outcomes(envelope: Envelope, claims: tuple[Claim, ...], desk: Desk) -> tuple[Outcome, ...]:
    """Per recipient: closed claims first, then what they ask of everybody."""
    if not claims:
        return tuple(Outcome(recipient, Disposition.RELAY) for recipient in envelope.recipients)
    parties = [party(desk.register, recipient.address) for recipient in envelope.recipients]
    closed = [tuple(claim for claim in claims if not desk.open_for(who, claim)) for who in parties]
    least = _for_everybody(
        {claim for each in closed for claim in each if claim.asked is not Disposition.RELAY}, desk
    )
    likenesses = Likenesses(desk.register)
    return tuple(
        _closed(recipient, who, each, least, desk, likenesses) if each else Outcome(recipient, least)
        for recipient, who, each in zip(envelope.recipients, parties, closed, strict=True)
    )


def _closed(
    recipient: Recipient,
    who: Party,
    claims: tuple[Claim, ...],
    least: Disposition,
    desk: Desk,
    likenesses: Likenesses,
) -> Outcome:
    """What an ineligible recipient gets, with what helps a lead to see why."""
    about = desk.ordered(key for claim in claims for key in claim.about)
    return Outcome(
        recipient,
        max((least, *(claim.asked for claim in claims))),
        about,
        desk.lists.membership(who, (claim.open_to for claim in claims)),
        likenesses.of(who, about),
        desk.lists.suspended_until(who),
    )


def _for_everybody(asking: Iterable[Claim], desk: Desk) -> Disposition:
    """What even an eligible recipient gets: REJECT is for the whole mail; HOLD where a publication says `whole`."""
    asked = {claim.asked for claim in asking}
    if Disposition.REJECT in asked:
        return Disposition.REJECT
    whole = any(desk.mixed(key) is Mixed.WHOLE for claim in asking for key in claim.about)
    return Disposition.HOLD if whole else Disposition.RELAY


def _observed(outcomes: tuple[Outcome, ...]) -> bool:
    """Whether the mail is relayed to everybody although it is closed to somebody."""
    relayed = all(outcome.disposition is Disposition.RELAY for outcome in outcomes)
    return relayed and any(not outcome.eligible for outcome in outcomes)


@dataclass(frozen=True, slots=True)
class Desk:
    """One register, one policy, one time: everything that a decision looks up."""

    register: Register
    policy: Policy
    now: datetime
    lists: Eligibility = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "lists", Eligibility(self.register, self.now))

    def eligible(self, address: str | None, key: str) -> bool:
        """Whether whoever reads an address may have a publication now."""
        return self.lists.eligible(address, key)

    def open_for(self, who: Party, claim: Claim) -> bool:
        """Whether all whom an address stands for may have what a claim is about."""
        return self.lists.open_for(who, claim.open_to)

    def embargoed(self, key: str) -> bool:
        """Whether a publication is under embargo; one that the register does not know may well be."""
        publication = self.register.publications.get(key)
        return publication is None or publication.embargoed(self.now)

    def stands(self, finding: Finding) -> bool:
        """Whether a finding is still one: it names nothing, or something under embargo."""
        named = _named(finding)
        return not named or any(map(self.embargoed, named))

    def claims(self, finding: Finding, sender: str | None) -> Iterator[Claim]:
        """What a finding asks, if anything."""
        if finding.detector is Detector.UNREADABLE:
            yield from self._unreadable(finding, sender)
        elif named := tuple(filter(self.embargoed, _named(finding))):
            yield Claim(named, named, max(self._asked(finding, key) for key in named))
        else:
            yield Claim((None,), (), self._asked_for_unknown(finding))

    def attribute(self, finding: Finding, sender: str | None) -> Iterator[Finding]:
        """An unreadable finding with the soonest of the sender's publications; any other as it is.

        None where it was called a false alarm for each of these publications, or where there are none, for an
        unknown one: who said that of a stranger's file has not spoken for those who hold grants.
        """
        if finding.detector is not Detector.UNREADABLE or self.policy.unreadable is Scope.NEVER:
            yield finding
            return
        mine = self._publications_of(sender)
        counting = [key for key in mine if (key, finding.trace) not in self.register.exempt]
        if counting:
            yield replace(finding, publication=counting[0], candidates=())
        elif not mine and (None, finding.trace) not in self.register.exempt:
            yield finding

    def closed_to_sender(self, findings: Iterable[Finding], sender: str | None) -> tuple[str, ...]:
        """The publications found whose list lacks the sender: the material had leaked to them already."""
        found = [_named(finding) for finding in findings if finding.detector is not Detector.UNREADABLE]
        closed = [named for named in found if not any(self.eligible(sender, key) for key in named)]
        keys = self.ordered(key for named in closed for key in named if self.embargoed(key))
        return tuple(key for key in keys if key is not None)

    def suspended(self, address: str | None) -> datetime | None:
        """Until when the person of an address is suspended."""
        return self.lists.suspended_until(party(self.register, address))

    def mixed(self, key: str | None) -> Mixed:
        """Whether eligible recipients wait with the others."""
        publication = self.register.publications.get(key) if key is not None else None
        return (publication.mixed if publication is not None else None) or self.policy.mixed

    def ordered(self, keys: Iterable[str | None]) -> tuple[str | None, ...]:
        """Each once, the soonest first, the unknown one last."""
        return tuple(sorted(set(keys), key=self._when))

    def _when(self, key: str | None) -> tuple[bool, float, str]:
        publication = self.register.publications.get(key) if key is not None else None
        return key is None, publication.publishes_at.timestamp() if publication else 0.0, key or ""

    def _unreadable(self, finding: Finding, sender: str | None) -> Iterator[Claim]:
        """Content nobody could read is closed to those who hold none of the sender's grants."""
        asked = Disposition.RELAY if self._monitored(finding, finding.publication) else Disposition.HOLD
        mine = self._publications_of(sender)
        if self.policy.unreadable is Scope.NEVER:
            return
        if mine:
            yield Claim((finding.publication,), mine, asked)
        elif finding.reason is Reason.IMAGE:
            # Everybody sends pictures; only of those who have the material could one be of it.
            return
        elif self.policy.unreadable is Scope.EVERYONE and (all_ := self._under_embargo()):
            yield Claim((None,), all_, asked)

    def _asked(self, finding: Finding, key: str) -> Disposition:
        if self._monitored(finding, key):
            return Disposition.RELAY
        return max(finding.asks, Disposition.HOLD, _ASKED[self._on_finding(key)])

    def _asked_for_unknown(self, finding: Finding) -> Disposition:
        """Another department's embargo: held for the fallback lead, or only observed; rejected by a rule alone."""
        if self._monitored(finding, None) or self.policy.unregistered == "observe":
            return Disposition.RELAY
        return max(finding.asks, Disposition.HOLD)

    def _monitored(self, finding: Finding, key: str | None) -> bool:
        return finding.detector in self.policy.monitored or self._on_finding(key) is OnFinding.MONITOR

    def _on_finding(self, key: str | None) -> OnFinding:
        publication = self.register.publications.get(key) if key is not None else None
        return (publication.on_finding if publication is not None else None) or self.policy.on_finding

    def _publications_of(self, sender: str | None) -> tuple[str, ...]:
        """Publications under embargo that the sender could have now, the soonest first."""
        who = party(self.register, sender)
        return tuple(key for key in self._under_embargo() if self.lists.could_have(who, key))

    def _under_embargo(self) -> tuple[str, ...]:
        known = (key for key in self.register.publications if self.embargoed(key))
        return tuple(key for key in self.ordered(known) if key is not None)


def _named(finding: Finding) -> tuple[str, ...]:
    return (finding.publication,) if finding.publication is not None else finding.candidates


def excuse(decision: Decision, released: Mapping[str, frozenset[str | None]]) -> Decision:
    """The decision without the recipients to whom this very content was released (canonical address -> for which
    publications; None is the unknown one).  Who decided for one publication has not decided for another."""
    if not released or not decision.incident:
        return decision
    nothing: frozenset[str | None] = frozenset()
    waiting = [
        o
        for o in decision.outcomes
        if not released.get(canonical(o.recipient.address) or "", nothing).issuperset(o.ineligible_for)
    ]
    if not waiting:
        relayed = tuple(
            replace(o, disposition=Disposition.RELAY, ineligible_for=()) for o in decision.outcomes
        )
        return Decision(relayed, decision.findings)
    if decision.disposition is Disposition.REJECT:
        return decision
    return replace(
        decision,
        outcomes=tuple(
            o if o in waiting or o.eligible else replace(o, disposition=Disposition.RELAY, ineligible_for=())
            for o in decision.outcomes
        ),
    )
