"""Which registered publication a banner belongs to: by its planned time first, then by the title's words.

The register is the clock: a banner that names a planned time which a publication ever had belongs to
that publication, and then only the register says whether its embargo goes on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from gateway.detectors.around import Surroundings
from gateway.detectors.moments import Clock, Moment
from gateway.detectors.page import Page
from gateway.model import Publication, Register
from gateway.text import fold, words

_COMMON = frozenset(
    words("""
    a an and at by for from in its of on or the to up with accredited annual bulletin data edition
    estimates experimental figures final first headline key latest main monthly national new
    official provisional publication quarterly release report results revised series statistic
    statistical statistics summary survey table tables update weekly year years britain england
    english great ireland kingdom northern scotland scottish uk united wales welsh january february
    march april may june july august september october november december
    """)
)
"""Words of titles that, like figures, do not tell one publication from another."""
_MOSTLY = 0.6
_RECENT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Tie:
    """Whether the register knows what a banner speaks of; `claims`: ids under embargo, each in doubt or sure."""

    known: bool = False
    claims: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Ties:
    """Ties banners to the publications of one register at one time; `zone` is that of times that name none."""

    register: Register
    now: datetime
    zone: ZoneInfo
    _met: list[Surroundings] = field(default_factory=list)

    def by_moment(self, moment: Moment, page: Page, place: int) -> Tie:
        """For a banner with a day: whose planned time it is.

        On the same day at another time it belongs to a publication only if its title is named.  Where the weekday
        contradicts the date and nothing has that date, the weekday may be what is right.
        """
        tie = self._by_written(moment, page, place)
        if tie.known or moment.day is None:
            return tie
        slips = (replace(moment, day=day) for day in moment.day.slips(self.now.astimezone(self.zone).date()))
        ties = (self._by_written(slip, page, place) for slip in slips)
        return next((slipped for slipped in ties if slipped.known), tie)

    def _by_written(self, moment: Moment, page: Page, place: int) -> Tie:
        fitting = self._at_its_time(moment)
        if len(fitting) == 1:
            return self._claim(fitting)
        public = [] if fitting else [p for p in self._all if self._was_out(p, moment)]
        same_day = fitting or [p for p in self._on_its_day(moment) if p not in public]
        if not same_day:
            return Tie(known=bool(public))
        around = self._around(page, place)
        named = _named(same_day, around) or _mostly_named(fitting, around)
        return self._claim(named) if named else self._doubt(fitting)

    def by_clock(self, clocks: tuple[Moment, ...], page: Page, place: int) -> Tie:
        """For a banner without a day ("9.30 tomorrow"): the words, else what is published at that time of day."""
        named = self._claim(_named(self._all, self._around(page, place))) if self._all else Tie()
        if named.known or not clocks or clocks[0].clock is None:
            return named
        same = [p for p in self._all if self._has_clock(p, clocks[0].clock, clocks[0].weekday)]
        embargoed = [publication for publication in same if publication.embargoed(self.now)]
        recent = [p for p in same if timedelta(0) <= self.now - p.publishes_at < _RECENT]
        return self._doubt(embargoed or recent)

    def _around(self, page: Page, place: int) -> frozenset[str]:
        """Which ids and words of titles stand around a place; most mails ask for none."""
        if not self._met:
            telling = frozenset(self.register.publications).union(*map(title_words, self._all))
            self._met.append(Surroundings(telling))
        return self._met[0].of(page, place)

    def any_ahead(self, moments: Iterable[Moment]) -> bool:
        """Whether one of the times, in its latest reading, is still to come."""
        return any(at > self.now for moment in moments for at in moment.readings(self.now, self.zone))

    @property
    def embargoed(self) -> tuple[tuple[str, ...], ...]:
        """All that is under embargo, each for itself: the claims where nobody can say what a banner speaks of."""
        return self._claim(list(self._all)).claims

    @property
    def _all(self) -> Iterable[Publication]:
        return self.register.publications.values()

    def _claim(self, publications: list[Publication]) -> Tie:
        ids = sorted(publication.id for publication in publications if publication.embargoed(self.now))
        return Tie(bool(publications), tuple((one,) for one in ids))

    def _doubt(self, publications: list[Publication]) -> Tie:
        ids = sorted(publication.id for publication in publications if publication.embargoed(self.now))
        return Tie(bool(publications), (tuple(ids),) if ids else ())

    def _at_its_time(self, moment: Moment) -> list[Publication]:
        """Those planned for one of the instants that a time can mean; what it can mean is worked out once for all."""
        if moment.clock is None:
            return self._on_its_day(moment)
        readings = moment.readings(self.now, self.zone)
        return [p for p in self._all if any(_minute(planned) in readings for planned in p.times)]

    def _was_out(self, publication: Publication, moment: Moment) -> bool:
        """Whether an earlier edition, which is public, came out at this very time: its banner is over."""
        readings = moment.readings(self.now, self.zone) if publication.public_times and moment.whole else ()
        return any(_minute(when) in readings for when in publication.public_times)

    def _on_its_day(self, moment: Moment) -> list[Publication]:
        day = moment.date(self.now, self.zone)
        return [p for p in self._all if any(each.astimezone(self.zone).date() == day for each in p.times)]

    def _has_clock(self, publication: Publication, clock: Clock, weekday: int | None) -> bool:
        days = [(planned, planned.astimezone(self.zone).date()) for planned in publication.times]
        return any(
            _minute(planned) in set(clock.on(day, self.zone)) and weekday in (None, day.weekday())
            for planned, day in days
        )


def title_words(publication: Publication) -> frozenset[str]:
    """The words of a title that tell it from others; all of them where only common ones are left."""
    every = frozenset(words(fold(publication.title)))
    telling = frozenset(word for word in every - _COMMON if not word.isdigit() and len(word) > 1)
    return telling or every


def _minute(when: datetime) -> datetime:
    return when.replace(second=0, microsecond=0)


def _named(publications: Iterable[Publication], around: frozenset[str]) -> list[Publication]:
    """Those whose id or title stands there in full; a title within a longer one that stands there is not meant."""
    titles = {p.id: title_words(p) for p in publications}
    there = {key for key, title in titles.items() if key in around or (title and title <= around)}
    longest = {key for key in there if not any(titles[key] < titles[other] for other in there)}
    by_id = {key for key in there & around if not any(key in title for title in titles.values())}
    return [publication for publication in publications if publication.id in longest | by_id]


def _mostly_named(publications: list[Publication], around: frozenset[str]) -> list[Publication]:
    """The one whose title stands there best, if by most of its words and better than every other."""
    titles = [(title_words(publication), publication) for publication in publications]
    shares = sorted(((len(t & around) / max(1, len(t)), p.id) for t, p in titles), reverse=True)
    if not shares or shares[0][0] < _MOSTLY or (len(shares) > 1 and shares[0][0] == shares[1][0]):
        return []
    return [publication for publication in publications if publication.id == shares[0][1]]
