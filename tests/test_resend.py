"""The memory of resends: one mail is in one hand at a time, and an unheard answer is given again."""

from __future__ import annotations

import pytest

from gateway.resend import ResendMemory

ANSWER = (250, "2.0.0", "Ok")
MAIL = b"m"
ONE, TWO, THREE = ("worker", 1), ("worker", 2), ("other", 1)


def test_a_resend_joins_work_whose_client_is_gone() -> None:
    """The first client hung up while its mail is decided: the resend waits for that answer."""
    memory = ResendMemory()
    assert memory.begin(MAIL, ONE, 0.0, "q1") is True
    memory.lost(ONE)
    assert memory.begin(MAIL, TWO, 0.1, "q2") is False
    assert ["q2"] == memory.end(ONE, ANSWER, durable=False)
    assert ANSWER == memory.begin(MAIL, THREE, 0.2, "q3")


def test_equal_mails_of_clients_that_wait_are_no_resend() -> None:
    """Two clients that each wait for their answer have sent two mails, equal to the byte or not."""
    memory = ResendMemory()
    assert memory.begin(MAIL, ONE, 0.0, "q1") is True
    assert memory.begin(MAIL, TWO, 0.1, "q2") is True
    assert [] == memory.end(ONE, ANSWER, durable=False)
    assert memory.begin(MAIL, THREE, 0.2, "q3") is True


def test_a_client_that_waits_long_may_be_gone_unseen() -> None:
    """After some seconds without an answer the same mail from elsewhere is taken for a resend."""
    memory = ResendMemory()
    assert memory.begin(MAIL, ONE, 0.0, "q1") is True
    assert memory.begin(MAIL, TWO, 60.0, "q2") is False


def test_heard_means_forgotten() -> None:
    """Once the client has heard, the same bytes are a new mail: somebody may mean to send them twice."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.end(ONE, ANSWER, durable=False)
    memory.heard(ONE)
    assert memory.begin(MAIL, TWO, 0.1, "q2") is True


def test_half_closed_and_heard_all_the_same() -> None:
    """A client that sent its QUIT ahead and then half-closed has heard; its mail is no longer remembered."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.lost(ONE)
    memory.end(ONE, ANSWER, durable=False)
    memory.heard(ONE)
    assert memory.begin(MAIL, TWO, 0.1, "q2") is True


def test_unheard_means_answered_again() -> None:
    """A client that vanished after the answer was written gets the same one for its resend."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.end(ONE, ANSWER, durable=False)
    memory.lost(ONE)
    assert ANSWER == memory.begin(MAIL, TWO, 0.1, "q2")
    memory.heard(TWO)
    assert memory.begin(MAIL, THREE, 0.2, "q3") is True


def test_a_late_loss_does_not_wake_what_is_settled() -> None:
    """The resend has heard; that the first client is gone is noticed only then, and means nothing any more."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.lost(ONE)
    memory.end(ONE, ANSWER, durable=False)
    memory.begin(MAIL, TWO, 0.1, "q2")
    memory.heard(TWO)
    memory.lost(ONE)
    assert memory.begin(MAIL, THREE, 0.2, "q3") is True


def test_an_open_incident_goes_on_answering() -> None:
    """A held mail answers heard or not until its incident is closed."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.end(ONE, ANSWER, durable=True)
    memory.heard(ONE)
    assert ANSWER == memory.begin(MAIL, TWO, 0.1, "q2")
    memory.know({})
    assert memory.begin(MAIL, THREE, 0.2, "q3") is True


def test_nothing_done_is_nothing_remembered() -> None:
    """After a 4xx a resend starts afresh, and whoever waited is asked again."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.lost(ONE)
    memory.begin(MAIL, TWO, 0.1, "q2")
    assert ["q2"] == memory.end(ONE, None, durable=False)
    assert memory.begin(MAIL, TWO, 0.2, "q2") is True


def test_what_the_store_knows_does_not_touch_work_in_hand() -> None:
    """An incident that appears in the store while its worker has not ended is left to that worker."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.know({MAIL: ANSWER})
    assert [(ONE, MAIL)] == memory.held_by("worker")


def test_scanner_failures_are_counted_by_content() -> None:
    """The third failure over the same content is known as the third."""
    memory = ResendMemory()
    memory.failed(b"c")
    memory.failed(b"c")
    assert (2, 0) == (memory.failures(b"c"), memory.failures(b"d"))


def test_a_worker_that_died_takes_nothing_over() -> None:
    """A resend waits in a worker that dies: the mail went to that worker, and every later resend waited for ever."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.lost(ONE)
    assert memory.begin(MAIL, THREE, 0.1, "q3") is False
    memory.withdraw("other")
    assert [] == memory.end(ONE, None, durable=False)
    assert memory.begin(MAIL, TWO, 100.0, "q2") is True


def test_a_resend_whose_client_left_while_it_waited() -> None:
    """It takes the mail over and is known to be gone, so that a third delivery gets its answer and no second copy."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.lost(ONE)
    assert memory.begin(MAIL, TWO, 0.1, "q2") is False
    memory.lost(TWO)
    assert ["q2"] == memory.end(ONE, None, durable=False)
    assert memory.begin(MAIL, TWO, 0.2, "q2") is True
    memory.end(TWO, ANSWER, durable=False)
    assert ANSWER == memory.begin(MAIL, THREE, 0.3, "q3")


def test_an_unheard_answer_is_not_for_ever() -> None:
    """A machine that never says QUIT sends the same notice the next day: it was answered from memory and lost."""
    memory = ResendMemory()
    memory.begin(MAIL, ONE, 0.0, "q1")
    memory.end(ONE, ANSWER, durable=False)
    memory.lost(ONE)
    assert ANSWER == memory.begin(MAIL, TWO, 3600.0, "q2")
    memory.lost(TWO)
    assert memory.begin(MAIL, THREE, 86_400.0, "q3") is True


def test_unheard_answers_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients that never say QUIT fill no memory, and open incidents in front of them do not keep them there."""
    monkeypatch.setattr("gateway.resend._REMEMBERED", 100)
    memory = ResendMemory()
    memory.know({b"open %d" % number: ANSWER for number in range(50)})
    for number in range(1000):
        ticket = ("worker", number)
        assert memory.begin(b"%d" % number, ticket, 0.0, "q") is True
        memory.end(ticket, ANSWER, durable=False)
        memory.lost(ticket)
    assert (True, True) == (len(memory._entries) <= 101, len(memory._tickets) <= 101)
