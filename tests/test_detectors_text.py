"""Copied text: words of a registered document in any dress, and nothing that others have as well."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.detectors import find
from gateway.detectors.rule import Rule, RuleSet
from gateway.features.shingles import Texts, features
from gateway.message.html import render
from gateway.model import Detector, Finding, Message, Part, PartKind, Publication, Register, State

LIVE = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = LIVE - timedelta(hours=1)
KEY = bytes(range(32))
RULES = RuleSet((Rule("copied-text", "Copied text", Detector.TEXT, "Words of the publication."),))

HERRING = (
    "Landings of herring at Brinmouth fell to 72,670 tonnes in the season ending March 2018, while mackerel held its "
    "ground; skippers put the decline down to storms that kept the smaller boats in harbour for eleven weeks. Prices "
    "paid at the quay rose by 4.7 per cent, which made up for less than half of the fall, and two of the nine "
    "processors on the estuary went over to frozen fish from elsewhere."
)
OTHER = (
    "Hospital cafeterias served fewer hot meals last winter than in any since records were first kept, chiefly because "
    "visitors brought sandwiches with them; sales of soup held up best in the coldest towns along the eastern coast."
)
LETTER = "Hello Sam,\n\nplease see below, as we said on the phone this morning.\n\n"


def register(public: Iterable[str] = (), **sets: str) -> Register:
    """Publications with their texts; `late` is planned two hours after the others."""
    known = {
        name: Publication(name, "Title", LIVE + timedelta(hours=2 * (name == "late")), "lead@stats.example")
        for name in sets
    }
    texts = Texts.of({name: features(KEY, [text]) for name, text in sets.items()}, [features(KEY, public)])
    return Register(1, known, {}, {}, KEY, texts=texts)


def message(*texts: str) -> Message:
    """A mail of some parts."""
    return Message(tuple(Part(str(number), PartKind.BODY, text) for number, text in enumerate(texts, 1)))


def finding(part: str, publication: str | None, *candidates: str) -> Finding:
    """What copied text in a part is."""
    return Finding("copied-text", Detector.TEXT, part, publication, candidates)


def found(known: Register, *texts: str, now: datetime = NOW) -> list[Finding]:
    """What is found in a mail of these parts."""
    return list(find(RULES, message(*texts), known, now))


FISH = register(fish=HERRING, food=OTHER)
WORDS = HERRING.split()


def hyphened(text: str) -> str:
    """The text with every long word parted at the end of a line."""
    parts = (
        f"{word[:3]}-\n{word[3:]}" if len(word) > 6 and word.isalpha() else word for word in text.split()
    )
    return " ".join(parts)


def two_columns(text: str) -> str:
    """The text as a page with two columns whose lines were read across."""
    lines = textwrap.wrap(text, 45)
    half = (len(lines) + 1) // 2
    return "\n".join(
        f"{left}    {right}" for left, right in zip(lines[:half], [*lines[half:], ""], strict=False)
    )


def in_tags(text: str) -> str:
    """The text as a word processor's HTML has it, words parted by tags."""
    return render("".join(f"<b>{word[:2]}</b><span>{word[2:]}</span> " for word in text.split())).text


@pytest.mark.parametrize(
    "dress",
    [
        pytest.param(str, id="as-it-is"),
        pytest.param(str.upper, id="capitals"),
        pytest.param(lambda text: "\n".join(textwrap.wrap(text, 40)), id="wrapped"),
        pytest.param(lambda text: "\n".join("> " + line for line in textwrap.wrap(text, 60)), id="quoted"),
        pytest.param(
            lambda text: "\n".join("> >> " + line for line in textwrap.wrap(text, 30)), id="quoted-thrice"
        ),
        pytest.param(hyphened, id="hyphened"),
        pytest.param(lambda text: text.replace("fi", "ﬁ").replace("fl", "ﬂ"), id="ligatures"),
        pytest.param(two_columns, id="two-columns"),
        pytest.param(in_tags, id="in-tags"),
        pytest.param(lambda text: text.replace(" ", "\n"), id="one-word-a-line"),
        pytest.param(lambda text: text.replace("72,670", "72670"), id="other-figures-form"),
    ],
)
def test_a_document_in_any_dress(dress: object) -> None:
    """However a text was pasted, it is the text."""
    assert callable(dress)
    assert [finding("1", "fish")] == found(FISH, LETTER + str(dress(HERRING)) + "\n\nJo")


@given(st.integers(0, len(WORDS) - 12))
def test_any_twelve_words(start: int) -> None:
    """A passage of twelve words is enough, wherever it was taken."""
    assert [finding("1", "fish")] == found(FISH, LETTER + " ".join(WORDS[start : start + 12]) + "\nJo")


@given(st.integers(0, len(WORDS) - 25), st.integers(0, 7), st.sampled_from(["", "x", "new word"]))
def test_every_eighth_word_changed(start: int, first: int, other: str) -> None:
    """Words left out, replaced or put in do not hide a passage of 25 words."""
    passage = [other if index % 8 == first else word for index, word in enumerate(WORDS[start : start + 25])]
    assert [finding("1", "fish")] == found(FISH, " ".join(passage))


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(" ".join(WORDS[20:28]), id="eight-words"),
        pytest.param(f"{' '.join(WORDS[:8])} {LETTER * 5} {' '.join(WORDS[20:28])}", id="far-apart"),
        pytest.param(" and ".join([" ".join(WORDS[:8])] * 20), id="said-again-and-again"),
        pytest.param("skippers put landings of Brinmouth mackerel at 72,670 tonnes", id="single-words"),
        pytest.param(LETTER, id="a-letter"),
        pytest.param("", id="nothing"),
    ],
)
def test_what_is_no_evidence(text: str) -> None:
    """A few words, or some here and some there, may be chance."""
    assert [] == found(FISH, text)


def test_public_text_is_no_evidence() -> None:
    """The last edition, quoted whole, is nothing; the new figure with the words around it is."""
    last = HERRING.replace("72,670", "81,204").replace("2018", "2017")
    known = register([last], fish=HERRING)
    assert [] == found(known, LETTER + last)
    assert [finding("1", "fish")] == found(known, LETTER + " ".join(WORDS[:16]))


def test_parts_are_read_on() -> None:
    """A passage that goes on in the next part is found, and named where it stands."""
    first, second = " ".join(WORDS[:7]), " ".join(WORDS[7:14])
    assert [finding("2", "fish"), finding("3", "fish")] == found(FISH, LETTER, first, second)
    assert [finding("1", "fish"), finding("3", "fish"), finding("3", "food")] == sorted(
        found(FISH, HERRING, LETTER, " ".join(WORDS[30:50]) + OTHER), key=lambda each: each.part
    )


def test_text_that_two_publications_have() -> None:
    """It belongs to the one of which more stands in the mail; where nothing tells them apart, both are candidates."""
    both = register(whole=f"{HERRING} {OTHER}", fish=HERRING)
    assert [finding("1", None, "fish", "whole")] == found(both, HERRING)
    assert [finding("1", "whole")] == found(both, f"{HERRING} {OTHER}")


def test_text_that_is_out_with_one_publication() -> None:
    """What a published one says is public, whoever else has it."""
    both = register(early=HERRING, late=f"{HERRING} {OTHER}")
    assert [] == found(both, HERRING, now=LIVE)
    assert [finding("1", "late")] == found(both, f"{HERRING} {OTHER}", now=LIVE)
    assert [] == found(both, f"{HERRING} {' '.join(OTHER.split()[9:14])}", now=LIVE)
    assert [] == found(both, f"{HERRING} {OTHER}", now=LIVE + timedelta(hours=2))


def test_a_withdrawn_publication_makes_nothing_public() -> None:
    """Text of a publication that was withdrawn is found for whoever has it, too: an index may be older than that."""
    both = register(first=HERRING, late=HERRING)
    withdrawn = replace(both.publications["first"], state=State.WITHDRAWN)
    without = {"late": both.publications["late"]}
    for known in ({**both.publications, "first": withdrawn}, without):
        assert [finding("1", "late")] == found(replace(both, publications=known), HERRING)
    assert [] == found(replace(register(first=HERRING), publications={"first": withdrawn}), HERRING)


def test_the_trace_is_that_of_the_copied_words() -> None:
    """What a finding rests on is the same in another mail around the same words, and another for other words."""
    passage, others = " ".join(WORDS[:20]), " ".join(WORDS[20:40])
    (first,), (second,) = found(FISH, LETTER + passage), found(FISH, f"Fwd: {passage} Jo")
    (other,) = found(FISH, others)
    assert first.trace == second.trace != other.trace


def test_a_mail_of_nothing_but_registered_words() -> None:
    """Two megabytes of the same registered text are one finding."""
    assert [finding("1", "fish")] == found(FISH, f"{HERRING} " * 5_000)


def test_nothing_registered() -> None:
    """Without texts there is nothing to find, in a mail without parts neither."""
    assert [] == found(register(), HERRING)
    assert [] == found(FISH)


@pytest.mark.parametrize(
    "text",
    [
        f"As paragraph 12 says: {OTHER}",
        "\n".join(f"{number}. {line}" for number, line in enumerate(textwrap.wrap(OTHER, 90), 1)),
        OTHER.replace("in the coldest", "in the 7 coldest"),
        f"{OTHER}\n\n2 people know of it.",
    ],
)
def test_a_number_beside_a_passage_changes_nothing(text: str) -> None:
    """Whoever copies a paragraph without figures may number its lines, or have a number just before or after it."""
    assert [finding("1", "food")] == found(FISH, text)


def test_another_editions_figures_in_the_same_sentences() -> None:
    """An edition before says the same of other figures: that is public, or its figures are found by themselves."""
    before = (
        HERRING.replace("72,670", "68,410")
        .replace("March 2018", "February 2018")
        .replace("4.7 per", "1.2 per")
    ).replace("eleven", "12")
    assert [] == found(FISH, before)
    assert [finding("1", "fish")] == found(
        FISH, before.replace("68,410", "72,670").replace("1.2 per", "4.7 per")
    )


def test_a_title_is_announced_long_before() -> None:
    """The full title of a publication holds no mail, in a subject or a calendar, though its documents begin with it."""
    title = (
        "Outcomes for children in foster families of Brinmouth and its outlying villages, winter 2017 to 2018"
    )
    registered = register(fish=f"{title}\n\n{HERRING}")
    named = replace(registered.publications["fish"], title=title)
    registered = replace(registered, publications={"fish": named})
    assert [] == found(registered, f"In our calendar for March: {title}, on the 28th.")
    assert [finding("1", "fish")] == found(registered, f"{title}: {HERRING}")


def test_a_banner_before_each_copy_is_no_other_edition() -> None:
    """Its date and time stand between copies of a short text, and say nothing about them."""
    text = "Landings of herring at Brinmouth fell to 72,670 tonnes in the season, in which storms kept boats at home."
    banner = "RESTRICTED UNTIL PUBLISHED AT 3:57PM ON MONDAY 23 NOVEMBER 2026"
    assert [finding("1", "fish")] == found(register(fish=text), f"{banner} {text}\n" * 3)
