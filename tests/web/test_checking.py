"""Uploaded files are read by a child that can be ended."""

import pytest

from tests.engine.process.drawing import draw
from web import checking

OK = draw("startEvent s", "task a", "endEvent e", "s -> a", "a -> e")


def work_for_ever(*arguments):
    while True:
        pass


def want_everything(*arguments):
    return bytearray(checking.MEMORY * 2)


def test_findings_and_walks_come_back_as_they_are_made():
    assert checking.check({"x.bpmn": OK}, bare=True) == []
    assert [problem.code for problem in checking.check({"x.bpmn": b""}, bare=True)] == ["xml_empty"]
    assert checking.walk(OK, {}, file="x.bpmn").trace == ["s", "a", "e"]


def test_a_table_is_tried_by_the_child_too(monkeypatch):
    table = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="t">
      <decision id="d" name="d"><variable id="v" name="d"/><literalExpression><text>x + 1</text></literalExpression>
      </decision><inputData id="i" name="x"><variable id="w" name="x"/></inputData></definitions>"""

    result, problems = checking.decide(table, {"x": 1}, file="x.dmn")

    assert (result.outputs, problems) == ({"d": 2}, [])
    assert checking.decide(table, {}, file="x.dmn", decision="other") == (None, [])
    monkeypatch.setattr(checking, "_decide", work_for_ever)
    assert [problem.code for problem in checking.decide(table, {}, file="x.dmn", seconds=1)[1]] == ["check_too_long"]


@pytest.mark.parametrize(("work", "code"), [(work_for_ever, "check_too_long"), (want_everything, "check_too_large")])
def test_a_child_that_takes_too_much_is_ended_and_that_is_the_finding(monkeypatch, work, code):
    monkeypatch.setattr(checking, "_check", work)
    [problem] = checking.check({"x.bpmn": OK}, seconds=1)
    assert (problem.code, problem.file) == (code, "x.bpmn")


def test_no_more_of_a_file_is_read_than_shows_that_it_is_too_large(tmp_path):
    path = tmp_path / "x.bpmn"
    path.write_bytes(b"<" * (checking.MAX_BYTES + 100))
    assert len(checking.read(path)) == checking.MAX_BYTES + 1


def test_a_process_with_threads_starts_a_child_of_its_own(monkeypatch):
    monkeypatch.setattr(checking.threading, "active_count", lambda: 2)
    assert checking.check({"x.bpmn": OK}, bare=True) == []
