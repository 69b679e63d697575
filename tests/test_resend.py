"""The memory of resends: one mail is in one hand at a time, and an unheard answer is given again."""

from __future__ import annotations

from gateway.resend import ResendMemory

ANSWER = (250, "2.0.0", "Ok")
MAIL = b"m"


def test_the_second_comer_joins() -> None:
    """While one worker has a mail the same mail waits for it."""
    memory = ResendMemory()
    assert memory.begin(MAIL, "one") is None
    entry = memory.begin(MAIL, "two")
    assert entry is not None
    entry.waiting.append("two")
    assert ["two"] == memory.end(MAIL, ANSWER, durable=False)
    known = memory.begin(MAIL, "two")
    assert known is not None
    assert ANSWER == known.answer


def test_heard_means_forgotten() -> None:
    """Once the client has heard, the same bytes are a new mail: somebody may mean to send them twice."""
    memory = ResendMemory()
    memory.begin(MAIL, "one")
    memory.end(MAIL, ANSWER, durable=False)
    memory.heard(MAIL)
    assert memory.begin(MAIL, "two") is None


def test_an_open_incident_goes_on_answering() -> None:
    """A held mail answers heard or not until its incident is closed."""
    memory = ResendMemory()
    memory.begin(MAIL, "one")
    memory.end(MAIL, ANSWER, durable=True)
    memory.heard(MAIL)
    assert memory.begin(MAIL, "two") is not None
    memory.know({})
    assert memory.begin(MAIL, "three") is None


def test_nothing_done_is_nothing_remembered() -> None:
    """After a 4xx a resend starts afresh."""
    memory = ResendMemory()
    memory.begin(MAIL, "one")
    memory.end(MAIL, None, durable=False)
    assert memory.begin(MAIL, "two") is None


def test_what_the_store_knows_does_not_touch_work_in_hand() -> None:
    """An incident that appears in the store while its worker has not ended is left to that worker."""
    memory = ResendMemory()
    memory.begin(MAIL, "one")
    memory.know({MAIL: ANSWER})
    assert [MAIL] == memory.owned_by("one")


def test_scanner_failures_are_counted_by_content() -> None:
    """The third failure over the same content is known as the third."""
    memory = ResendMemory()
    memory.failed(b"c")
    memory.failed(b"c")
    assert (2, 0) == (memory.failures(b"c"), memory.failures(b"d"))
