"""One incident as one person meets it: what they may see of it, and which decisions are theirs at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gateway.console import incident_facts
from gateway.console.desk import Desk
from gateway.console.incident_facts import Facts, Look
from gateway.incident import Addressee, Incident, Standing
from gateway.letters.form import shown, title
from gateway.model import Publication, Register, State
from gateway.roles import Act, Staff, may_about, may_see_content, on_behalf, own_mail
from gateway.store import incidents
from gateway.store.escalations import Patience


@dataclass(frozen=True, slots=True)
class Matter:
    """An incident and who looks at it; `register`, `staff` and `now` are those of the request."""

    desk: Desk
    address: str
    incident: Incident
    register: Register
    staff: Staff
    now: datetime

    @property
    def ref(self) -> str:
        """The incident's reference."""
        return self.incident.ref

    @property
    def own(self) -> bool:
        """Whether the person sent the mail themselves, so that somebody else decides."""
        return own_mail(self.address, self.incident, self.staff)

    @property
    def behalf(self) -> frozenset[str | None]:
        """The publications for which the person may decide about it."""
        return on_behalf(self.address, self.incident, self.staff)

    @property
    def held(self) -> Mapping[str, Addressee]:
        """The recipients about whom the person may decide, by their position in the envelope."""
        mine = self.behalf
        return {
            str(position): one
            for position, one in enumerate(self.incident.recipients)
            if one.standing is Standing.HELD and not mine.isdisjoint(self.closed(one))
        }

    def closed(self, one: Addressee) -> tuple[str | None, ...]:
        """The publications whose word a recipient needs."""
        return one.ineligible_for or self.incident.publications or (None,)

    @property
    def mine(self) -> tuple[Publication, ...]:
        """The registered publications of it for which the person may decide and somebody waits."""
        needed = {key for one in self.held.values() for key in self.closed(one)} & self.behalf
        known = self.register.publications
        return tuple(known[key] for key in self.incident.publications if key in needed and key in known)

    @property
    def coming(self) -> tuple[Publication, ...]:
        """Those among them whose publication somebody may still wait for."""
        over = (State.LIVE, State.WITHDRAWN)
        return tuple(publication for publication in self.mine if publication.state not in over)

    @property
    def titles(self) -> str:
        """The person's publications in words."""
        return " and ".join(title(publication.title) for publication in self.mine) or "these statistics"

    @property
    def content(self) -> bool:
        """Whether the person may see what the mail says, while it is kept."""
        kept = self.incident.state in (Standing.HELD, Standing.RELEASING)
        return kept and may_see_content(self.address, self.incident, self.staff, self.desk.eligible)

    @property
    def look(self) -> Look:
        """How words depend on who looks."""
        alerts = self.desk.settings.alerts
        patience = Patience(alerts.deputies_after, alerts.fallback_after, alerts.fallback)
        held = self.incident.state is Standing.HELD
        return Look(
            now=self.now,
            zone=self.desk.zone,
            addresses=may_about(self.address, Act.SEE_ADDRESSES, self.incident, self.staff),
            whys={rule.id: rule.why for rule in self.desk.rules.rules},
            next_asked=patience.still_to_ask(self.incident) if held else (),
            fallback=alerts.fallback,
        )

    @property
    def facts(self) -> Facts:
        """The incident in words."""
        return incident_facts.facts(self.incident, self.look)

    @property
    def deciders(self) -> tuple[str, ...]:
        """Who else may decide, in the order in which they are asked."""
        people = [one for concern in self.incident.concerns for one in (concern.lead, *concern.deputies)]
        me = self.staff.person(self.address)
        others = [one for one in (*people, *self.look.fallback) if self.staff.person(one) != me]
        return tuple(shown(one) for one in dict.fromkeys(others))


async def matter(desk: Desk, address: str, ref: str) -> Matter | None:
    """The incident of this reference as somebody meets it; None where there is none, or none for them."""
    incident = await desk.stored(incidents.load, ref)
    staff = desk.staff()
    if incident is None or not may_about(address, Act.SEE_INCIDENT, incident, staff):
        return None
    return Matter(desk, address, incident, desk.register(), staff, desk.now())
