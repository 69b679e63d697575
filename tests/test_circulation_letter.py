"""Circulation mails read: a draft of everything they say, and everything that they do not say aloud."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest

from gateway import rules
from gateway.circulation import Draft, NotAMail, attachments, read
from gateway.model import GrantKind, Message
from gateway.registration import Traced, trace
from tests.circulated import BANNER, BODY, LONDON, NOW, PLANNED, SENT, mail, with_files

RULES = rules.load(None, LONDON)
KEY = bytes(range(32))


def drafted(content: bytes) -> Draft:
    """The draft of a mail, read in this process."""
    return read(content, LONDON, NOW, RULES, KEY)


@pytest.fixture(scope="module")
def whole() -> tuple[bytes, Draft]:
    """A mail with two documents and a logo, and its draft."""
    content = with_files().as_bytes()
    return content, drafted(content)


def test_what_a_mail_says(whole: tuple[bytes, Draft]) -> None:
    """Title, planned time, sender and date are read; only the logo is left for a person to look at."""
    _, draft = whole
    assert ("Children looked after in England", PLANNED) == (draft.title, draft.publishes_at)
    assert ("helen.marsh@stats.other.example", SENT) == (draft.sender, draft.sent_at)
    assert (
        "part 4: an image, which is no trace; `document add` registers it if it shows figures",
    ) == draft.problems


def test_proposed_grants(whole: tuple[bytes, Draft]) -> None:
    """Who is named in To and Cc gets pre-release access, the sender a production grant."""
    _, draft = whole
    assert [
        ("helen.marsh@stats.other.example", GrantKind.PRODUCTION, "Helen Marsh", "sent the circulation mail"),
        ("tom@press.dept.example", GrantKind.PRE_RELEASE, "Ellis, Tom", "named in the circulation mail"),
        ("minister@dept.example", GrantKind.PRE_RELEASE, "", "named in the circulation mail"),
        ("amy@policy.dept.example", GrantKind.PRE_RELEASE, "Amy", "named in the circulation mail"),
    ] == [(grant.address, grant.kind, grant.name, grant.reason) for grant in draft.grants]
    assert {"circulation"} == {grant.origin for grant in draft.grants}


def test_attachments_are_traces(whole: tuple[bytes, Draft]) -> None:
    """Each document's own digest is among its traces, as `document add` would register it; the logo's is nowhere."""
    content, draft = whole
    word, sheet, logo = attachments(content)

    assert ("CLA stability.docx", "tables.xlsx") == tuple(one.name for one in draft.documents)
    assert (trace(word.name, word.data, KEY), trace(sheet.name, sheet.data, KEY)) == draft.documents
    assert sha256(word.data).digest() in draft.documents[0].digests
    assert all(sha256(logo.data).digest() not in one.digests for one in draft.documents)


def test_read_elsewhere(whole: tuple[bytes, Draft]) -> None:
    """What scanners made of the mail is taken as it is: nothing is opened in this process then."""
    content, _ = whole
    traced = Traced("x", 1, frozenset({bytes(32)}))
    draft = read(content, LONDON, NOW, RULES, KEY, message=Message(), traces=[traced])

    assert (traced,) == draft.documents
    assert draft.publishes_at is None


def test_the_banner_may_stand_in_a_document_only() -> None:
    """Where the mail itself names no time, the banner on the attached report counts."""
    assert PLANNED == drafted(with_files(mail("The statistics are attached.\n")).as_bytes()).publishes_at


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"subject": ""}, "title: the subject names none"),
        ({"subject": "OFFICIAL-SENSITIVE"}, "title: the subject names none"),
        ({"date": None}, "date: the mail does not say when it was sent; today is taken for it"),
        ({"date": "yesterday"}, "date: the mail does not say when it was sent; today is taken for it"),
        ({"date": "Tue, 27 Mar 2029 09:30:00 +0100"}, "date: the mail says that it was sent in the future"),
        (
            {"to": "undisclosed-recipients:;", "cc": ""},
            "To: the mail names no recipients; give access by hand",
        ),
        ({"cc": "Policy team"}, "Cc: 'Policy team' is no address that can be on a list"),
        ({"sender": ""}, "From: the mail names no sender"),
        ({"subject": "FW: Children looked after"}, "To: this mail was answered or forwarded"),
        ({"body": "no banner"}, "planned time: no banner with a time was found"),
        (
            {"body": BANNER.replace("28 MARCH 2018", "28 MARCH")},
            "planned time: no year is named; 2018 is taken",
        ),
    ],
)
def test_problems_are_said(changes: dict[str, str], problem: str) -> None:
    """What could not be read, and what was taken for it, is a problem in words; the rest is read all the same."""
    made = mail(**{"body": BODY, **changes})
    (said,) = drafted(made.as_bytes()).problems
    assert said.startswith(problem)


def test_a_past_publication() -> None:
    """A planned time that is over now is proposed, with the warning that nothing would be protected."""
    late = read(mail().as_bytes(), LONDON, PLANNED, RULES, KEY)
    assert PLANNED == late.publishes_at
    assert (
        "planned time: Wednesday 28 March 2018 09:30 BST is past, so nothing would be under embargo",
    ) == (late.problems)


def test_an_unreadable_attachment_is_said() -> None:
    """An encrypted attachment is a trace by its own digest, and the draft says that it could not be read."""
    made = mail()
    made.add_attachment(
        b"%PDF-1.7\ntrailer << /Encrypt 1 0 R >>\n" * 30, "application", "pdf", filename="a.pdf"
    )
    draft = drafted(made.as_bytes())

    assert draft.problems[0].startswith("part 2: could not be read (")
    assert 1 == len(draft.documents)


def test_a_mail_that_carries_the_circulation_mail() -> None:
    """The banner inside counts, and it is said that the people may be those of another mail."""
    outer = mail("see attached")
    outer.add_attachment(mail())
    draft = drafted(outer.as_bytes())

    assert PLANNED == draft.publishes_at
    assert (
        "part 2: another mail; if that is the circulation mail, save it as a file of its own",
    ) == draft.problems


def test_a_sender_who_is_named_too() -> None:
    """The sender's own address in Cc makes no second grant."""
    draft = drafted(mail(cc="helen.marsh@STATS.other.example").as_bytes())
    assert 1 == sum(grant.address == "helen.marsh@stats.other.example" for grant in draft.grants)


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600), "is an Outlook item"),
        (b"", "is no mail"),
        (b"just some text\n", "is no mail"),
        (b"PK\x03\x04 zip", "is no mail"),
    ],
)
def test_no_mail(content: bytes, problem: str) -> None:
    """Any other file is refused with what it seems to be."""
    with pytest.raises(NotAMail, match=problem):
        drafted(content)


def test_a_person_has_the_last_word(whole: tuple[bytes, Draft]) -> None:
    """What somebody says replaces what was read, and the doubts about it go."""
    draft = drafted(mail("no banner", subject="RESTRICTED").as_bytes())
    said = draft.said("Children looked after", PLANNED)

    assert ("Children looked after", PLANNED, ()) == (said.title, said.publishes_at, said.problems)
    assert whole[1] == whole[1].said()
    assert replace(draft, title="T", problems=draft.problems[1:]) == draft.said("T")
