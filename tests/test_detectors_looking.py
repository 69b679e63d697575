"""A register that changes while a mail is looked through: the same findings as if it had always been so, for less."""

from __future__ import annotations

import ast
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import gateway.detectors
from gateway.detectors import find, looking
from gateway.detectors.looking import Looking
from gateway.features.threads import Threads, packed
from gateway.model import (
    Detector,
    Grant,
    GrantKind,
    Leaf,
    Message,
    Part,
    PartKind,
    Publication,
    Reason,
    Register,
    Unreadable,
)
from gateway.rules import load, shipped_folder
from gateway.traces import file_hash

RULES = load(shipped_folder())
LIVE = datetime(2018, 3, 28, 8, 30, tzinfo=UTC)
NOW = LIVE - timedelta(hours=20)
KEY = bytes(range(32))
DIGEST = bytes(range(32))
REPLY = Message(
    (
        Part(
            "header", PartKind.HEADER, "Subject: Re: x\nMessage-ID: <2@b.example>\nIn-Reply-To: <1@a.example>"
        ),
        Part("1", PartKind.BODY, "RESTRICTED UNTIL 9:30 AM ON WEDNESDAY 28 MARCH 2018"),
    ),
    (Leaf("2", DIGEST, 1000),),
    (Unreadable("3", Reason.ENCRYPTED),),
)
ROOT = Message((Part("header", PartKind.HEADER, "Subject: x\nMessage-ID: <1@a.example>"),))
KNOWN = Threads.of({"cla": [packed(KEY, ROOT)]})
PUBLICATION = Publication("cla", "Children", LIVE, "lead@stats.example")
BEFORE = Register(1, {"cla": PUBLICATION}, {}, {file_hash(KEY, DIGEST): frozenset({"cla"})}, KEY)
BANNER = find(RULES, REPLY, BEFORE, NOW)[0]
GRANT = Grant("a@b.example", GrantKind.PRODUCTION)


@pytest.mark.parametrize(
    ("change", "whole"),
    [
        pytest.param({}, False, id="nothing"),
        pytest.param({"threads": KNOWN}, False, id="threads"),
        pytest.param({"grants": {"cla": {"a@b.example": (GRANT,)}}, "threads": KNOWN}, False, id="grant"),
        pytest.param({"files": {}}, True, id="files"),
        pytest.param({"publications": {"cla": replace(PUBLICATION, title="Y")}}, True, id="publication"),
        pytest.param({"exempt": frozenset({("cla", BANNER.trace)})}, True, id="false-alarm"),
    ],
)
def test_the_same_as_if_it_had_always_been_so(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], whole: bool
) -> None:
    """Whatever changes, there and back: what is found is what a first look finds; only threads cost no second one."""
    looks: list[Register] = []

    def counted(*arguments: Any) -> Any:
        looks.append(arguments[2])
        return find(*arguments)

    monkeypatch.setattr(looking, "find", counted)
    after = replace(BEFORE, epoch=2, **change)
    at = Looking(RULES, REPLY, NOW)
    for register in (BEFORE, after, BEFORE):
        assert find(RULES, REPLY, register, NOW) == at.find(register)
    assert (3 if whole else 1) == len(looks)


def test_every_detector_has_its_say() -> None:
    """The mail of the test above is found by four detectors, so that their order is seen."""
    found = find(RULES, REPLY, replace(BEFORE, threads=KNOWN), NOW)
    kinds = [Detector.BANNER, Detector.FILE, Detector.THREAD, Detector.UNREADABLE]
    assert kinds == list(dict.fromkeys(each.detector for each in found))


def test_detectors_look_at_nothing_else() -> None:
    """What a detector reads of the register is compared; a new one must be compared, too."""
    read = {
        node.attr
        for path in Path(gateway.detectors.__file__).parent.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name | ast.Attribute)
        and getattr(node.value, "id", getattr(node.value, "attr", "")).strip("_") == "register"
    }
    compared = {"texts", "figures", "links", "trace_key", "exempt", "publications", "files", "threads"}
    assert compared == read
