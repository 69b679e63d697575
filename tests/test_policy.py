"""The decision: a table of recipients, publications and times; then the laws that hold for every mail."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.model import (
    Decision,
    Detector,
    Disposition,
    Envelope,
    Finding,
    Grant,
    GrantKind,
    LiveBy,
    Mixed,
    OnFinding,
    Policy,
    Publication,
    Reason,
    Recipient,
    Register,
    Scope,
    State,
)
from gateway.policy import decide

TICK, HOUR, DAY = timedelta(microseconds=1), timedelta(hours=1), timedelta(days=1)
LONDON = ZoneInfo("Europe/London")
LIVE = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
OPENS = LIVE - DAY
NOW = LIVE - HOUR
RELAY, HOLD, REJECT = Disposition.RELAY, Disposition.HOLD, Disposition.REJECT

LEAD, MAKER, LISTED, OTHER, OUTSIDER = (
    f"{name}@stats.example" for name in ("lead", "maker", "listed", "other", "outsider")
)
CLA = Publication("cla-2018", "Children looked after", LIVE, LEAD)
GCSE = Publication("gcse-2018", "GCSE results", LIVE + 2 * HOUR, LEAD)
GRANTS = {
    "cla-2018": {
        MAKER: (Grant(MAKER, GrantKind.PRODUCTION),),
        LISTED: (Grant(LISTED, GrantKind.PRE_RELEASE),),
    },
    "gcse-2018": {
        MAKER: (Grant(MAKER, GrantKind.PRODUCTION),),
        OTHER: (Grant(OTHER, GrantKind.PRE_RELEASE),),
    },
}


def register(*publications: Publication, grants: Any = None) -> Register:
    """A register of these publications, with the grants above unless others are given."""
    known = GRANTS if grants is None else grants
    return Register(1, {each.id: each for each in publications}, known, MappingProxyType({}))


def banner(publication: str | None = "cla-2018", *candidates: str, **facts: Any) -> Finding:
    """A banner finding of a publication, of candidates, or of nobody known."""
    return replace(Finding("embargo-banner", Detector.BANNER, "1", publication, candidates), **facts)


UNKNOWN = banner(None)
UNREADABLE = Finding("unreadable-content", Detector.UNREADABLE, "2", reason=Reason.ENCRYPTED)


def outcome(
    *recipients: str,
    findings: tuple[Finding, ...] = (banner(),),
    sender: str | None = MAKER,
    known: Register | None = None,
    policy: Policy | None = None,
    now: datetime = NOW,
) -> Decision:
    """The decision on a mail to these recipients; where not said, one banner of one publication, an hour before it."""
    envelope = Envelope(sender, tuple(map(Recipient, recipients)))
    return decide(envelope, findings, known or register(CLA, GCSE), policy or Policy(), now)


def dispositions(decision: Decision) -> list[Disposition]:
    """What each recipient gets, in order."""
    return [each.disposition for each in decision.outcomes]


@pytest.mark.parametrize(
    ("recipient", "now", "expected"),
    [
        pytest.param(LISTED, OPENS - TICK, HOLD, id="listed-one-tick-too-early"),
        pytest.param(LISTED, OPENS, RELAY, id="listed-when-the-window-opens"),
        pytest.param(LISTED, LIVE - TICK, RELAY, id="listed-to-the-end"),
        pytest.param(MAKER, OPENS - 60 * DAY, RELAY, id="maker-weeks-before"),
        pytest.param(MAKER, LIVE - TICK, RELAY, id="maker-to-the-end"),
        pytest.param(OUTSIDER, OPENS - 60 * DAY, HOLD, id="outsider-weeks-before"),
        pytest.param(OUTSIDER, LIVE - TICK, HOLD, id="outsider-one-tick-before"),
        pytest.param(OUTSIDER, LIVE, RELAY, id="everybody-when-it-is-live"),
        pytest.param(LISTED.upper(), NOW, RELAY, id="case-says-nothing"),
        pytest.param("not an address", NOW, HOLD, id="no-address-is-on-no-list"),
        pytest.param("", NOW, HOLD, id="nor-an-empty-one"),
        pytest.param("listed+tag@stats.example", NOW, HOLD, id="nor-a-tag"),
        pytest.param("colleague@stats.example", NOW, HOLD, id="a-domain-is-no-grant"),
    ],
)
def test_one_recipient(recipient: str, now: datetime, expected: Disposition) -> None:
    """Access begins and ends to the microsecond, by kind of grant; who is on no list waits."""
    assert [expected] == dispositions(outcome(recipient, now=now))


@pytest.mark.parametrize(
    "local",
    [
        datetime(2026, 3, 27, 9, 30),
        datetime(2026, 3, 29, 9, 30),
        datetime(2026, 3, 30, 9, 30),
        datetime(2026, 10, 23, 9, 30),
        datetime(2026, 10, 25, 9, 30),
        datetime(2026, 10, 26, 9, 30),
        datetime(2018, 3, 28, 9, 30),
        datetime(2028, 2, 29, 9, 30),
    ],
)
def test_around_clock_changes(local: datetime) -> None:
    """At 09:30 in London, whatever the season, and not a microsecond before (F-C01 to F-C08)."""
    at = local.replace(tzinfo=LONDON)
    known = register(replace(CLA, publishes_at=at))
    held = dispositions(outcome(OUTSIDER, known=known, now=at.astimezone(UTC) - TICK))
    free = dispositions(outcome(OUTSIDER, known=known, now=at.astimezone(UTC)))
    assert ([HOLD], [RELAY]) == (held, free)


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        pytest.param(Grant(OUTSIDER, GrantKind.PRODUCTION, starts_at=NOW), RELAY, id="begins-now"),
        pytest.param(
            Grant(OUTSIDER, GrantKind.PRODUCTION, starts_at=NOW + TICK), HOLD, id="begins-a-tick-later"
        ),
        pytest.param(
            Grant(OUTSIDER, GrantKind.PRODUCTION, ends_at=NOW + TICK), RELAY, id="ends-a-tick-later"
        ),
        pytest.param(Grant(OUTSIDER, GrantKind.PRODUCTION, ends_at=NOW), HOLD, id="ends-now"),
        pytest.param(
            Grant(OUTSIDER, GrantKind.PRE_RELEASE, starts_at=OPENS - DAY), RELAY, id="in-the-window"
        ),
    ],
)
def test_a_grant_has_a_time_of_its_own(grant: Grant, expected: Disposition) -> None:
    """A grant is valid from its start on and up to, not including, its end."""
    known = register(CLA, grants={"cla-2018": {OUTSIDER: (grant,)}})
    assert [expected] == dispositions(outcome(OUTSIDER, known=known))


def test_a_grant_cannot_open_the_window() -> None:
    """A pre-release grant that starts before the access window is not valid before the window."""
    early = Grant(OUTSIDER, GrantKind.PRE_RELEASE, starts_at=OPENS - 2 * DAY)
    known = register(CLA, grants={"cla-2018": {OUTSIDER: (early,)}})
    assert [HOLD] == dispositions(outcome(OUTSIDER, known=known, now=OPENS - TICK))


def test_without_a_list_nobody_is_eligible() -> None:
    """A publication whose access list is missing is open to nobody, and one the register lost is, too."""
    no_list = dispositions(outcome(MAKER, LISTED, known=register(CLA, grants={})))
    lost = dispositions(outcome(MAKER, findings=(banner("lost"),)))
    assert ([HOLD, HOLD], [HOLD]) == (no_list, lost)


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        pytest.param((), [RELAY, RELAY, RELAY, RELAY], id="nothing-found"),
        pytest.param((banner(),), [RELAY, RELAY, HOLD, HOLD], id="one"),
        pytest.param((banner(), banner("gcse-2018")), [RELAY, HOLD, HOLD, HOLD], id="eligible-for-every-one"),
        pytest.param(
            (banner(None, "cla-2018", "gcse-2018"),), [RELAY, RELAY, RELAY, HOLD], id="doubt-between-banners"
        ),
        pytest.param((UNKNOWN,), [HOLD, HOLD, HOLD, HOLD], id="unknown"),
        pytest.param((banner(), UNKNOWN), [HOLD, HOLD, HOLD, HOLD], id="unknown-beside-one"),
    ],
)
def test_findings(findings: tuple[Finding, ...], expected: list[Disposition]) -> None:
    """A recipient must be eligible for everything found; for one of several where only a banner is in doubt."""
    assert expected == dispositions(outcome(MAKER, LISTED, OTHER, OUTSIDER, findings=findings))


def test_who_may_not_have_what() -> None:
    """Each outcome and the incident name the publications, the soonest first, the unknown one last."""
    decision = outcome(LISTED, OUTSIDER, findings=(UNKNOWN, banner("gcse-2018"), banner()))
    assert (
        ("cla-2018", "gcse-2018", None),
        [("gcse-2018", None), ("cla-2018", "gcse-2018", None)],
        (LISTED, OUTSIDER),
    ) == (decision.publications, [each.ineligible_for for each in decision.outcomes], decision.ineligible)


def test_in_doubt_the_incident_belongs_to_all() -> None:
    """Each lead of the publications in doubt hears of those who are eligible for none."""
    decision = outcome(OUTSIDER, findings=(banner(None, "cla-2018", "gcse-2018"),))
    assert ("cla-2018", "gcse-2018") == decision.publications


def test_when_all_are_eligible_there_is_no_incident() -> None:
    """What was found and is open to every recipient is named in the findings only."""
    decision = outcome(MAKER, LISTED)
    assert ((), False, (banner(),)) == (decision.publications, decision.incident, decision.findings)


@pytest.mark.parametrize(
    ("facts", "policy", "expected"),
    [
        pytest.param({}, Policy(), [RELAY, HOLD], id="split"),
        pytest.param({}, Policy(mixed=Mixed.WHOLE), [HOLD, HOLD], id="whole"),
        pytest.param({"mixed": Mixed.WHOLE}, Policy(), [HOLD, HOLD], id="whole-for-this-one"),
        pytest.param(
            {"mixed": Mixed.SPLIT}, Policy(mixed=Mixed.WHOLE), [RELAY, HOLD], id="split-for-this-one"
        ),
        pytest.param({}, Policy(on_finding=OnFinding.REJECT), [REJECT, REJECT], id="reject"),
        pytest.param({"on_finding": OnFinding.REJECT}, Policy(), [REJECT, REJECT], id="reject-for-this-one"),
        pytest.param(
            {"on_finding": OnFinding.HOLD},
            Policy(on_finding=OnFinding.REJECT),
            [RELAY, HOLD],
            id="hold-for-this-one",
        ),
        pytest.param({}, Policy(on_finding=OnFinding.MONITOR), [RELAY, RELAY], id="monitor"),
        pytest.param({"on_finding": OnFinding.MONITOR}, Policy(), [RELAY, RELAY], id="monitor-for-this-one"),
        pytest.param(
            {"on_finding": OnFinding.HOLD},
            Policy(on_finding=OnFinding.MONITOR),
            [RELAY, HOLD],
            id="no-longer-monitored",
        ),
        pytest.param(
            {}, Policy(monitored=frozenset({Detector.BANNER})), [RELAY, RELAY], id="monitor-this-detector"
        ),
        pytest.param(
            {}, Policy(monitored=frozenset({Detector.FILE})), [RELAY, HOLD], id="monitor-another-detector"
        ),
    ],
)
def test_settings(facts: dict[str, Any], policy: Policy, expected: list[Disposition]) -> None:
    """What an eligible and an ineligible recipient get under each setting; a publication's own word goes first."""
    decision = outcome(LISTED, OUTSIDER, known=register(replace(CLA, **facts)), policy=policy)
    assert (expected, [(), ("cla-2018",)]) == (
        dispositions(decision),
        [each.ineligible_for for each in decision.outcomes],
    )


def test_whole_and_reject_only_when_somebody_is_ineligible() -> None:
    """A mail whose recipients are all eligible is relayed under every setting."""
    for policy in (
        Policy(mixed=Mixed.WHOLE),
        Policy(on_finding=OnFinding.REJECT),
        Policy(on_finding=OnFinding.MONITOR),
    ):
        decision = outcome(MAKER, LISTED, policy=policy)
        assert ([RELAY, RELAY], False) == (dispositions(decision), decision.incident)


def test_a_rule_may_ask_to_reject() -> None:
    """The strictest of rule and setting wins, but monitor mode relays whatever a rule asks."""
    strict = (banner(asks=REJECT),)
    watched = outcome(OUTSIDER, findings=strict, policy=Policy(on_finding=OnFinding.MONITOR))
    assert ([REJECT], [RELAY]) == (dispositions(outcome(OUTSIDER, findings=strict)), dispositions(watched))


def test_monitor_is_recorded_as_observed() -> None:
    """Monitor mode relays, and makes an incident of the publications that would have been held."""
    decision = outcome(LISTED, OUTSIDER, policy=Policy(on_finding=OnFinding.MONITOR))
    assert (True, True, RELAY, ("cla-2018",), (OUTSIDER,)) == (
        decision.observed,
        decision.incident,
        decision.disposition,
        decision.publications,
        decision.ineligible,
    )


def test_a_hold_beside_a_monitored_publication_is_a_hold() -> None:
    """Where one publication is monitored and another holds, the mail is held, not observed."""
    known = register(CLA, replace(GCSE, on_finding=OnFinding.MONITOR))
    decision = outcome(LISTED, OUTSIDER, findings=(banner(), banner("gcse-2018")), known=known)
    assert ([RELAY, HOLD], False, ("cla-2018", "gcse-2018")) == (
        dispositions(decision),
        decision.observed,
        decision.publications,
    )


@pytest.mark.parametrize(
    ("policy", "expected"),
    [
        pytest.param(Policy(), (HOLD, False), id="hold"),
        pytest.param(Policy(unregistered="observe"), (RELAY, True), id="observe"),
        pytest.param(Policy(on_finding=OnFinding.REJECT), (HOLD, False), id="never-rejected-by-setting"),
        pytest.param(Policy(on_finding=OnFinding.MONITOR), (RELAY, True), id="monitor"),
    ],
)
def test_a_banner_of_a_publication_nobody_registered(
    policy: Policy, expected: tuple[Disposition, bool]
) -> None:
    """The fallback lead decides or only hears of it; nobody can be eligible."""
    decision = outcome(LISTED, findings=(UNKNOWN,), policy=policy)
    assert (expected, (None,)) == ((decision.disposition, decision.observed), decision.publications)


@pytest.mark.parametrize(
    ("facts", "now", "expected"),
    [
        pytest.param({"state": State.LIVE}, NOW, RELAY, id="live-early"),
        pytest.param({"state": State.WITHDRAWN}, NOW, RELAY, id="withdrawn"),
        pytest.param({"state": State.PAUSED}, NOW, HOLD, id="paused"),
        pytest.param({"live_by": LiveBy.PERSON}, LIVE + DAY, HOLD, id="overdue"),
        pytest.param({"live_by": LiveBy.URL, "url": "https://stats.example"}, LIVE, HOLD, id="page-not-up"),
        pytest.param(
            {"publishes_at": LIVE + DAY, "former_times": (LIVE,)}, LIVE + HOUR, HOLD, id="postponed"
        ),
    ],
)
def test_states(facts: dict[str, Any], now: datetime, expected: Disposition) -> None:
    """The register says when an embargo ends; what is over is no longer among the findings."""
    decision = outcome(OUTSIDER, known=register(replace(CLA, **facts)), now=now)
    assert (expected, expected is HOLD) == (decision.disposition, bool(decision.findings))


def test_in_doubt_with_one_that_is_live() -> None:
    """Of publications in doubt only those still under embargo count."""
    known = register(replace(CLA, state=State.LIVE), GCSE)
    decision = outcome(LISTED, OTHER, findings=(banner(None, "cla-2018", "gcse-2018"),), known=known)
    assert ([HOLD, RELAY], ("gcse-2018",)) == (dispositions(decision), decision.publications)


def test_the_sender_is_judged_as_well() -> None:
    """A sender whom a list lacks is a second leak, of which even an all-eligible mail tells."""
    found = (banner(), banner("gcse-2018"), UNREADABLE, UNKNOWN)
    for sender, expected in (
        (MAKER, ()),
        (LISTED, ("gcse-2018",)),
        (OUTSIDER, ("cla-2018", "gcse-2018")),
        (None, ("cla-2018", "gcse-2018")),
    ):
        assert expected == outcome(MAKER, findings=found, sender=sender).sender_ineligible_for


def test_a_sender_eligible_for_one_of_the_doubtful_is_no_leak() -> None:
    """Doubt between banners counts for the sender as it does for a recipient."""
    doubt = (banner(None, "cla-2018", "gcse-2018"),)
    assert ((), ("cla-2018", "gcse-2018")) == (
        outcome(MAKER, findings=doubt, sender=LISTED).sender_ineligible_for,
        outcome(MAKER, findings=doubt, sender=OUTSIDER).sender_ineligible_for,
    )


@pytest.mark.parametrize(
    ("scope", "sender", "expected", "publication"),
    [
        pytest.param(Scope.LISTED, MAKER, [RELAY, RELAY, RELAY, HOLD], "cla-2018", id="sender-has-both"),
        pytest.param(Scope.LISTED, LISTED, [RELAY, RELAY, HOLD, HOLD], "cla-2018", id="sender-has-one"),
        pytest.param(Scope.LISTED, OTHER, [RELAY, HOLD, RELAY, HOLD], "gcse-2018", id="sender-has-the-other"),
        pytest.param(Scope.LISTED, OUTSIDER, [RELAY] * 4, None, id="sender-has-none"),
        pytest.param(Scope.LISTED, None, [RELAY] * 4, None, id="null-sender-is-nobody"),
        pytest.param(Scope.EVERYONE, LISTED, [RELAY, RELAY, HOLD, HOLD], "cla-2018", id="everyone-listed"),
        pytest.param(Scope.EVERYONE, OUTSIDER, [RELAY, RELAY, RELAY, HOLD], None, id="everyone-unlisted"),
        pytest.param(Scope.NEVER, MAKER, [RELAY] * 4, None, id="never"),
    ],
)
def test_unreadable(
    scope: Scope, sender: str | None, expected: list[Disposition], publication: str | None
) -> None:
    """What nobody could read counts as what its sender could have: closed to who shares none of the sender's grants."""
    decision = outcome(
        MAKER, LISTED, OTHER, OUTSIDER, findings=(UNREADABLE,), sender=sender, policy=Policy(unreadable=scope)
    )
    asked = (publication,) if HOLD in expected else ()
    assert (expected, asked, (replace(UNREADABLE, publication=publication),)) == (
        dispositions(decision),
        decision.publications,
        decision.findings,
    )


@pytest.mark.parametrize(("sender", "expected"), [(LISTED, HOLD), (OUTSIDER, RELAY)])
def test_a_picture_counts_only_from_who_has_the_material(sender: str, expected: Disposition) -> None:
    """Everybody sends pictures: from a stranger one is let through even where nothing else unreadable is."""
    picture = replace(UNREADABLE, reason=Reason.IMAGE)
    policy = Policy(unreadable=Scope.EVERYONE)
    assert [expected] == dispositions(outcome(OUTSIDER, findings=(picture,), sender=sender, policy=policy))


@pytest.mark.parametrize("scope", Scope)
def test_unreadable_with_nothing_under_embargo(scope: Scope) -> None:
    """With nothing to protect, what cannot be read is relayed and only counted."""
    decision = outcome(
        OUTSIDER, findings=(UNREADABLE,), policy=Policy(unreadable=scope), now=GCSE.publishes_at
    )
    assert ([RELAY], (), (UNREADABLE,)) == (dispositions(decision), decision.publications, decision.findings)


def test_unreadable_is_never_rejected() -> None:
    """Nobody knows what is in it: where findings reject, it is held, and where they are monitored, observed."""
    for on_finding, expected in ((OnFinding.REJECT, HOLD), (OnFinding.MONITOR, RELAY)):
        decision = outcome(OUTSIDER, findings=(UNREADABLE,), policy=Policy(on_finding=on_finding))
        assert (expected, ("cla-2018",)) == (decision.disposition, decision.publications)


def test_before_the_window_a_listed_sender_could_have_nothing() -> None:
    """A pre-release grant that is not valid yet makes its holder no sender of anything."""
    assert [RELAY] == dispositions(outcome(OUTSIDER, findings=(UNREADABLE,), sender=LISTED, now=OPENS - TICK))


def test_recipients_that_come_twice_and_parameters() -> None:
    """Each RCPT has its own outcome, in order, with its parameters."""
    twice = (Recipient(OUTSIDER, ("NOTIFY=NEVER",)), Recipient(LISTED), Recipient(OUTSIDER))
    decision = decide(Envelope(MAKER, twice), (banner(),), register(CLA), Policy(), NOW)
    assert twice == tuple(each.recipient for each in decision.outcomes)


_keys = st.sampled_from(["cla-2018", "gcse-2018"])
_people = st.sampled_from([MAKER, LISTED, OTHER, OUTSIDER, "x@elsewhere.example"])
_findings = st.one_of(
    _keys.map(banner),
    st.just(UNKNOWN),
    st.just(UNREADABLE),
    st.just(banner(None, "cla-2018", "gcse-2018")),
    _keys.map(lambda key: Finding("registered-file", Detector.FILE, "2", key, asks=REJECT)),
)
_policies = st.builds(
    Policy,
    st.sampled_from(OnFinding),
    st.sampled_from(Mixed),
    st.sampled_from(["hold", "observe"]),
    st.sampled_from(Scope),
    st.frozensets(st.sampled_from([Detector.BANNER, Detector.UNREADABLE, Detector.FILE]), max_size=2),
)
_times = st.sampled_from(
    [OPENS - 30 * DAY, OPENS - TICK, OPENS, NOW, LIVE - TICK, LIVE, LIVE + HOUR, LIVE + 3 * HOUR]
)
_overrides = st.fixed_dictionaries(
    {},
    optional={
        "on_finding": st.sampled_from(OnFinding),
        "mixed": st.sampled_from(Mixed),
        "state": st.sampled_from(State),
        "live_by": st.sampled_from(LiveBy),
    },
)
_registers = st.builds(
    lambda one, two: register(replace(CLA, **one), replace(GCSE, **two)), _overrides, _overrides
)
_mails = st.fixed_dictionaries(
    {
        "sender": st.none() | _people,
        "known": _registers,
        "policy": _policies,
        "now": _times,
        "findings": st.lists(_findings, max_size=4).map(tuple),
    }
)
_recipients = st.lists(_people, min_size=1, max_size=4)


@given(_recipients, _mails, _findings)
def test_more_evidence_never_loosens(to: list[str], mail: dict[str, Any], extra: Finding) -> None:
    """Adding a finding keeps or tightens what every recipient gets."""
    before = outcome(*to, **mail)
    after = outcome(*to, **mail | {"findings": (*mail["findings"], extra)})
    assert all(old <= new for old, new in zip(dispositions(before), dispositions(after), strict=True))


@given(_recipients, _mails, _people, _keys)
def test_a_grant_never_tightens(to: list[str], mail: dict[str, Any], person: str, key: str) -> None:
    """Adding a grant keeps or loosens what each recipient gets, unless it makes a sender who could have it."""
    if person == mail["sender"] and UNREADABLE in mail["findings"]:
        return
    known: Register = mail["known"]
    lists = {each: dict(people) for each, people in known.grants.items()}
    lists[key][person] = (*lists[key].get(person, ()), Grant(person, GrantKind.PRODUCTION))
    before = outcome(*to, **mail)
    after = outcome(*to, **mail | {"known": replace(known, grants=lists)})
    assert all(old >= new for old, new in zip(dispositions(before), dispositions(after), strict=True))


@given(_recipients, _mails, st.data())
def test_who_else_gets_it_is_nobodys_affair(to: list[str], mail: dict[str, Any], data: st.DataObject) -> None:
    """Taking a recipient off changes who is ineligible for nobody else, and under plain split no outcome either."""
    gone = data.draw(st.integers(0, len(to) - 1))
    rest = [person for index, person in enumerate(to) if index != gone]
    all_, fewer = outcome(*to, **mail), outcome(*rest, **mail)
    kept = [each for index, each in enumerate(all_.outcomes) if index != gone]
    assert [each.ineligible_for for each in kept] == [each.ineligible_for for each in fewer.outcomes]
    wholes = {mail["policy"].mixed, *(each.mixed for each in mail["known"].publications.values())}
    if all_.disposition is not REJECT and Mixed.WHOLE not in wholes:
        assert kept == list(fewer.outcomes)


@given(_recipients, _mails)
def test_with_nothing_under_embargo_everything_is_relayed(to: list[str], mail: dict[str, Any]) -> None:
    """When every publication is live, only banners of unknown ones ask for anything."""
    over = register(replace(CLA, state=State.LIVE), replace(GCSE, state=State.WITHDRAWN))
    findings = tuple(each for each in mail["findings"] if each != UNKNOWN)
    decision = outcome(*to, **mail | {"known": over, "findings": findings})
    assert (RELAY, False, ()) == (decision.disposition, decision.incident, decision.publications)


@given(_recipients, _mails)
def test_the_order_of_findings_says_nothing(to: list[str], mail: dict[str, Any]) -> None:
    """However the findings are ordered, the decision is the same but for their own order."""
    decisions = [outcome(*to, **mail | {"findings": each}) for each in permutations(mail["findings"])]
    assert all(replace(decision, findings=()) == replace(decisions[0], findings=()) for decision in decisions)


@given(_recipients, _mails)
def test_what_a_decision_says_agrees(to: list[str], mail: dict[str, Any]) -> None:
    """An incident has somebody ineligible and names all it is about; reject is for all; observed is relayed."""
    decision = outcome(*to, **mail)
    named = {key for each in decision.outcomes for key in each.ineligible_for}
    assert named == set(decision.publications)
    assert decision.incident == bool(decision.ineligible)
    assert decision.disposition is not REJECT or set(dispositions(decision)) == {REJECT}
    assert not decision.observed or decision.disposition is RELAY
