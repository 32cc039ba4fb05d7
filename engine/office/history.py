"""The history of a nomination in words, and its trace on the diagram: both read from journal entries alone.

`lines` turns each entry into one HistoryLine, cut down to what the reader may see; `trace` tells which elements
were passed, how often, and by which flows. Neither changes anything; see `engine.office.reexecution` for the proof.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from engine.office.views import Automatic, FieldView, HistoryLine, PersonView
from engine.process.definition import ProcessDefinition
from engine.store.journal import Entry

ACT_OF_COMMAND = {
    "StartNomination": "started",
    "CompleteTask": "completed",
    "CompleteBatch": "completed",
    "ReceiveDossier": "completed",
    "CloseSession": "completed",
    "RecordMessage": "message",
    "ClaimTask": "claimed",
    "ReleaseTask": "released",
    "AssignTask": "assigned",
    "WithdrawNomination": "withdrawn",
    "SuspendNomination": "suspended",
    "ResumeNomination": "resumed",
    "RetryIncident": "retried",
    "FireTimer": "timer",
    "AttachFile": "file",
    "AttachToPaper": "file",
    "StartPaper": "paper_started",
    "RequestSupplement": "paper_started",
    "SetPaperLines": "paper_lines",
    "WithdrawPaper": "paper_withdrawn",
    "ProduceDocument": "document",
    "EraseNominee": "erased",
}
# Facts that say which user task an entry is about; others of the same entry name those that opened.
OF_ONE_TASK = ("StepCompleted", "TaskClaimed", "TaskReleased", "TaskAssigned", "FormFiled")
# For which of several a step is, in its key: the body asked in "opinions#1/body_opinion@bhxh#1/opinion#1".
_INSTANCE = re.compile(r"@([\w.:-]+)#")
# Which of a form's fields is shown as the reason beside the act, first one that was filled.
REASONS = ("ly_do", "noi_dung_bo_sung", "noi_dung_sua", "y_kien")


@dataclass(frozen=True)
class Reader:
    """What the reader of a history may see: `payload` gives filed form data or None once erased."""

    person: Callable[[str], PersonView | None]
    payload: Callable[[str], dict[str, Any] | None]
    may_read: Callable[[str], bool]
    form: Callable[[str], Mapping[str, Any] | None]
    body: Callable[[str], str] = str  # title of a body that is asked for its opinion, by its code
    papers: Collection[str] = ()  # ids of those that may be seen


def lines(entries: Iterable[Entry], definition: ProcessDefinition, reader: Reader) -> tuple[HistoryLine, ...]:
    """Return one line per entry, oldest first."""
    return tuple(_line(entry, definition, reader) for entry in entries)


def _automatic(
    facts: Iterable[Mapping[str, Any]], definition: ProcessDefinition, reader: Reader
) -> Iterator[Automatic]:
    """Give each decision table that was evaluated and each gateway that chose, in their order."""
    for fact in facts:
        node = definition.node(fact["element"]) if fact["fact"] in ("DecisionMade", "FlowTaken") else None
        if node is None or not node.name:
            continue  # a gateway without a name asks nothing that could be told
        if fact["fact"] == "FlowTaken":
            yield Automatic("way_chosen", node.id, node.name, chosen=_way(definition.owner_of(node.id), fact["flow"]))
        else:
            results = _results(fact) if reader.may_read("don_vi") else ()
            yield Automatic("decided_by_table", node.id, node.name, results=results)


def _results(fact: Mapping[str, Any]) -> tuple[tuple[str, int], ...]:
    """Return how many criteria had which result, in the order of the table."""
    return tuple(Counter(row["ket_qua"] for row in fact["rows"] if "ma" in row and "ket_qua" in row).items())


def _way(definition: ProcessDefinition, flow: str) -> str | None:
    """Return the name of a flow, or of the step it leads to."""
    found = definition.flows.get(flow)
    target = definition.node(found.target) if found else None
    return (found.name if found else "") or (target.name if target else "") or None


def _line(entry: Entry, definition: ProcessDefinition, reader: Reader) -> HistoryLine:
    body = entry.body
    facts = body["facts"]
    key = next((f["key"] for f in facts if f["fact"] in OF_ONE_TASK or _has_fired(f)), None)
    element = _element(key) if key else None
    instances = _INSTANCE.findall(key or "")
    step = definition.node(element) if element else None
    form_fact = next((f for f in facts if f["fact"] in ("FormFiled", "NominationStarted")), None)
    form = reader.form(form_fact["form"]) if form_fact else None
    payload = (reader.payload(form_fact["form_data"]) if form_fact else None) or {}
    outcome = next((f["variables"].get("outcome") for f in facts if f["fact"] == "StepCompleted"), None)
    return HistoryLine(
        seq=entry.seq,
        at=entry.at,
        done_at=_time(body.get("done_at")),
        act=_act(body["command"], facts),
        actor=reader.person(body["actor"]),
        element=element,
        step=step.name if step else None,
        stage=step.stage if step else None,
        about=reader.body(instances[-1]) if instances else None,
        outcome=outcome,
        outcome_label=_outcome_label(form, outcome),
        note=_note(facts, form, payload, reader),
        form=form_fact["form"] if form_fact else None,
        values=_values(form, payload, reader),
        automatic=tuple(_automatic(facts, definition, reader)),
        hash=entry.hash,
        paper=next((f["paper"] for f in facts if f["fact"] == "PaperArrived" and f["paper"] in reader.papers), None),
    )


def _has_fired(fact: Mapping[str, Any]) -> bool:
    return fact["fact"] == "TimerEnded" and bool(fact["fired"])


def _act(command: str, facts: list[dict[str, Any]]) -> str:
    """Return what was done to this case, which need not be what the command did to another one."""
    if any(f["fact"] == "Migrated" for f in facts):
        return "migrated"
    if facts and facts[0]["fact"] == "EngineUpgraded":
        return "engine_upgraded"
    if any(f["fact"] == "PaperArrived" for f in facts):
        return "paper_arrived"
    if any(f["fact"] == "PaperRevised" and f["why"] in ("suspended", "withdrawn") for f in facts):
        return "taken_out"
    if any(f["fact"] == "ProcessSuspended" for f in facts):
        return "suspended"
    return ACT_OF_COMMAND.get(command, command)


def _element(key: str) -> str:
    return key.rpartition("/")[2].partition("#")[0].partition("@")[0]


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _outcome_label(form: Mapping[str, Any] | None, outcome: str | None) -> str | None:
    return next((o["label"] for o in (form or {}).get("outcomes", ()) if o["value"] == outcome), outcome)


def _note(
    facts: list[dict[str, Any]], form: Mapping[str, Any] | None, payload: dict[str, Any], reader: Reader
) -> str | None:
    arrived = next((f for f in facts if f["fact"] == "PaperArrived"), None)
    if arrived:
        return str(arrived["code"])
    given = next((f for f in facts if f["fact"] == "ReasonGiven"), None)
    if given:
        return (reader.payload(given["form_data"]) or {}).get("reason")
    classes = {field["name"]: field.get("reader", "don_vi") for field in (form or {}).get("fields", ())}
    return next((payload[n] for n in REASONS if payload.get(n) and reader.may_read(classes.get(n, "han_che"))), None)


def _values(form: Mapping[str, Any] | None, payload: dict[str, Any], reader: Reader) -> tuple[FieldView, ...]:
    return tuple(
        FieldView(field["name"], field["label"], payload[field["name"]], field)
        for field in (form or {}).get("fields", ())
        if field["name"] in payload and reader.may_read(field.get("reader", "don_vi"))
    )


@dataclass(frozen=True)
class Trace:
    """What the diagram shows: element ids passed, flow ids taken, elements passed more than once."""

    visited: tuple[str, ...]
    flows: tuple[str, ...]
    repeats: dict[str, int]


def trace(entries: Iterable[Entry], definition: ProcessDefinition) -> Trace:
    """Return the way a nomination took. A plain flow is taken where both its ends were reached."""
    passed: defaultdict[str, set[str]] = defaultdict(set)  # element -> keys: a gateway that chose was passed once
    opened: set[str] = set()
    chosen: set[str] = set()
    for entry in entries:
        for fact in entry.body["facts"]:
            if fact["fact"] in ("StepCompleted", "NodePassed", "DecisionMade", "FlowTaken"):
                passed[fact["element"]].add(fact["key"])
            if fact["fact"] == "StepOpened":
                opened.add(fact["element"])
            elif fact["fact"] == "FlowTaken":
                chosen.add(fact["flow"])
            elif fact["fact"] == "ProcessEnded":
                passed[fact["element"]] = passed[fact["element"]] or {""}
    choosing = {definition.flows[flow].source for flow in chosen if flow in definition.flows}
    reached = opened | set(passed)
    plain = {
        f.id
        for f in definition.flows.values()
        if f.source not in choosing and f.source in passed and f.target in reached
    }
    repeats = {element: len(keys) for element, keys in passed.items() if len(keys) > 1}
    return Trace(tuple(sorted(passed)), tuple(sorted(chosen | plain)), repeats)
