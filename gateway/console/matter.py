"""One incident as one person meets it: what they may see of it, and which decisions are theirs at this moment."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from starlette.requests import Request

from gateway.console import guard, incident_facts
from gateway.console.desk import Desk, desk_of
from gateway.console.guard import Visit
from gateway.console.incident_facts import Facts, Look
from gateway.console.refusals import NotFound
from gateway.incident import Addressee, Incident, Standing, Verb
from gateway.letters.form import shown, title
from gateway.model import Publication, Register, State
from gateway.roles import Act
from gateway.store import incidents
from gateway.store.escalations import Patience


@dataclass(frozen=True, slots=True)
class Matter:
    """An incident and who looks at it, with the register and the time of the request.

    `behalf` are the publications for which the person may decide about it; `look` is how words depend on who looks.
    """

    desk: Desk
    visit: Visit
    incident: Incident
    register: Register
    now: datetime
    behalf: frozenset[str | None]
    look: Look

    @property
    def ref(self) -> str:
        """The incident's reference."""
        return self.incident.ref

    @property
    def own(self) -> bool:
        """Whether the person sent the mail themselves, so that somebody else decides."""
        return self.visit.own_mail(self.incident)

    @property
    def held(self) -> Mapping[str, Addressee]:
        """The recipients about whom the person may decide, by their position in the envelope."""
        mine = self.behalf
        return {
            str(position): one
            for position, one in enumerate(self.incident.recipients)
            if one.standing is Standing.HELD and not mine.isdisjoint(self.closed(one))
        }

    def unsaid(self, verb: Verb) -> Mapping[str, Addressee]:
        """Those among them of whom this has not been said yet for each publication of the person's."""
        return {position: one for position, one in self.held.items() if not self._says(one, verb)}

    def _says(self, one: Addressee, verb: Verb) -> bool:
        last = {said.publication: said.verb for said in one.consents}
        return all(last.get(key) is verb for key in self.closed(one) if key in self.behalf)

    def closed(self, one: Addressee) -> tuple[str | None, ...]:
        """The publications whose word a recipient needs."""
        return one.ineligible_for or self.incident.publications or (None,)

    @property
    def mine(self) -> tuple[Publication, ...]:
        """The registered publications of it for which the person may decide and somebody waits."""
        needed = {key for one in self.held.values() for key in self.closed(one)} & self.behalf
        known = self.register.publications
        return tuple(
            known[key]
            for key in self.incident.publications
            if key is not None and key in needed and key in known
        )

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
    def kept(self) -> bool:
        """Whether the mail itself is still here."""
        return self.incident.state in (Standing.HELD, Standing.RELEASING)

    @property
    def content(self) -> bool:
        """Whether the person may see what the mail says, while it is kept."""
        return self.kept and self.visit.may_see_content(self.incident)

    @property
    def needed(self) -> tuple[str, ...]:
        """The titles of the publications for which somebody else has to agree before anything leaves."""
        closed = {key for one in self.held.values() for key in self.closed(one)} - self.behalf
        titles = {concern.id: title(concern.title) for concern in self.incident.concerns}
        ordered = [key for key in self.incident.publications if key in closed]
        return tuple(titles.get(key or "", "statistics that nobody here has registered") for key in ordered)

    @property
    def facts(self) -> Facts:
        """The incident in words."""
        return incident_facts.facts(self.incident, self.look)

    @property
    def deciders(self) -> tuple[str, ...]:
        """Who else may decide, in the order in which they are asked."""
        people = [one for concern in self.incident.concerns for one in (concern.lead, *concern.deputies)]
        person = self.visit.staff.person
        others = [one for one in (*people, *self.look.fallback) if person(one) != person(self.visit.address)]
        return tuple(shown(one) for one in dict.fromkeys(others))


async def matter(request: Request) -> Matter:
    """The incident that the path names, as whoever asks meets it; raises NotFound where there is none for them."""
    seen = await guard.visit(request)
    return await again(desk_of(request), seen, request.path_params["ref"])


async def again(desk: Desk, seen: Visit, ref: str) -> Matter:
    """The incident as it is at this moment; raises NotFound."""
    incident = await desk.stored(incidents.load, ref)
    if incident is None or not seen.may_about(Act.SEE_INCIDENT, incident):
        raise NotFound
    register, now = desk.register(), desk.now()
    look = _look(desk, seen, incident, register, now)
    return Matter(desk, seen, incident, register, now, seen.on_behalf(incident), look)


def _look(desk: Desk, seen: Visit, incident: Incident, register: Register, now: datetime) -> Look:
    alerts = desk.settings.alerts
    patience = Patience(alerts.deputies_after, alerts.fallback_after, alerts.fallback)
    return Look(
        now=now,
        zone=desk.zone,
        addresses=seen.may_about(Act.SEE_ADDRESSES, incident),
        whys={rule.id: rule.why for rule in desk.rules.rules},
        next_asked=patience.still_to_ask(incident) if incident.state is Standing.HELD else (),
        fallback=alerts.fallback,
        me=_spellings(seen, incident, alerts.fallback),
        public={key for key, one in register.publications.items() if one.state is State.LIVE},
    )


def _spellings(seen: Visit, incident: Incident, fallback: Iterable[str]) -> frozenset[str]:
    """How the address of whoever looks is written by those who decided about this incident or may."""
    people = {one for concern in incident.concerns for one in (concern.lead, *concern.deputies)}
    given = {said.given_by for one in incident.recipients for said in one.consents}
    decided = {one.decided_by for one in incident.recipients if one.decided_by}
    known = {*people, *given, *decided, *fallback, seen.address}
    me = seen.staff.person(seen.address)
    return frozenset(one for one in known if seen.staff.person(one) == me)
