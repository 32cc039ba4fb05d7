"""Every hostile diagram is refused by name, or does what it reads; nothing is fetched, shown or left hanging."""

import builtins
import re
import socket
import subprocess

import pytest

from engine.process.reader import parse_processes
from engine.process.release import check_files
from engine.process.walk import walk
from tests.engine.process.drawing import AnyForm
from tests.hostile.bpmn import CANARY, ROWS

PYTHON = re.compile(r"Traceback|<[\w.]+ object at|\bError\(|/(?:home|work|usr|root|tmp)/|None\b")


@pytest.fixture
def shut_in(monkeypatch):
    """Nothing may be opened, started or called while a file is read."""

    def never(*arguments, **named):
        raise AssertionError(f"reached out: {arguments[:1]}")

    def opened(path, *arguments, **named):
        if CANARY in str(path) or str(path).startswith("/etc"):
            never(path)
        return real_open(path, *arguments, **named)

    real_open = builtins.open
    monkeypatch.setattr(builtins, "open", opened)
    monkeypatch.setattr(socket.socket, "connect", never)
    monkeypatch.setattr(subprocess.Popen, "__init__", never)


def errors(raw, bare):
    files = {"x.bpmn": raw, "forms/any.json": b'{"key": "any"}'}
    found = check_files(files, AnyForm(), bare=bare)
    for problem in found:
        told = (problem.message, problem.mend, problem.message_en, problem.mend_en)
        assert all(told)
        assert not any(PYTHON.search(text) for text in told)
    assert found == sorted(found)
    return {problem.code for problem in found if problem.severity == "error"}


@pytest.mark.usefixtures("shut_in")
@pytest.mark.parametrize("row", ROWS)
def test_a_hostile_diagram_is_refused_by_name_or_does_what_it_reads(row):
    expected = ROWS[row]
    found = errors(expected.raw, bare=True)
    walked = walk(expected.raw, {})
    if expected.code:
        assert expected.code in found
        assert walked.outcome == "rejected"
    else:
        assert found == set()
        assert walked.outcome == expected.outcome
    if expected.strict:
        assert expected.strict in errors(expected.raw, bare=False)


@pytest.mark.parametrize("row", ["E07", "E08"])
def test_characters_nobody_sees_are_pointed_out(row):
    found = check_files({"x.bpmn": ROWS[row].raw}, AnyForm(), bare=True)
    assert [problem.code for problem in found] == ["name_hidden"]


def name_of(row):
    [process] = parse_processes(ROWS[row].raw, "x.bpmn")[0]
    return process.nodes["a"].name


def test_names_come_out_as_they_were_written_and_in_one_normal_form():
    assert name_of("A09") == name_of("A12") == name_of("E09") == name_of("E10") == "Xét duyệt"
    assert name_of("E01") == "<script>alert(1)</script>"
    assert name_of("E03") == "{{7*7}}"
