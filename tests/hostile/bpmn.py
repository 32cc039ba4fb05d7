"""Hostile and broken diagrams, made here so that no such file lies in the repository: id -> what it must give."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from unicodedata import normalize

from tests.engine.process.drawing import HEAD, body, many, timer

CANARY = "canary-5f1d"
URL = "http://127.0.0.1:9/x"
PLAIN = ("startEvent s", "task a", "endEvent e", "s -> a", "a -> e")


@dataclass(frozen=True)
class Row:
    """`code` is the finding that refuses the file; None: it is accepted and `outcome` is where a walk leads."""

    raw: bytes
    code: str | None = None
    outcome: str = "completed"
    strict: str | None = None  # the finding in a file of our own, where a foreign one is let through


def drawn(*lines: str, more: str = "", head: str = "", process: str = "p") -> bytes:
    return f'{head}{HEAD}<process id="{process}">{body(lines)}</process>{more}</definitions>'.encode()


def named(name: str) -> bytes:
    escaped = name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return drawn(*PLAIN).replace(b'id="a"', f'id="a" name="{escaped}"'.encode())


def doctype(subset: str, name: str = "&x;") -> bytes:
    return f"<!DOCTYPE d {subset}>".encode() + drawn(*PLAIN).replace(b'id="a"', f'id="a" name="{name}"'.encode())


def with_timer(text: str, kind: str) -> bytes:
    return drawn("startEvent s", f"intermediateCatchEvent a {{{timer(text, kind)}}}", "endEvent e", "s -> a", "a -> e")


def choice(first: str, second: str, default: bool = False) -> bytes:
    gateway = "exclusiveGateway g" + (" default=f2" if default else "")
    ends = ("endEvent x", "endEvent y", f"f1: g -> x{first}", f"f2: g -> y{second}")
    return drawn("startEvent s", gateway, "s -> g", *ends)


def cycle(text: str) -> bytes:
    late = f"boundaryEvent b attachedToRef=a cancelActivity=false {{{timer(text, 'timeCycle')}}}"
    return drawn("startEvent s", "userTask a", late, "endEvent e", "s -> a", "a -> e", "b -> e")


def call(process: str, called: str) -> str:
    flows = (f"{process}s -> {process}c", f"{process}c -> {process}e")
    inner = body(
        (f"startEvent {process}s", f"callActivity {process}c calledElement={called}", f"endEvent {process}e", *flows)
    )
    return f'<process id="{process}">{inner}</process>'


def _chain(count: int) -> bytes:
    tasks = (f"task t{i}" for i in range(count))
    return drawn("startEvent s", *tasks, "s -> t0", *(f"t{i} -> t{i + 1}" for i in range(count - 1)))


_ENTITIES = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10 if i else "lol"}">' for i in range(10))
_ERROR_SUB = body(("startEvent xs {<errorEventDefinition/>}", "endEvent xe", "xs -> xe"))
_SUB = body(("startEvent i", "task t", "i -> t"))

ROWS: dict[str, Row] = {
    "A01": Row(doctype('[<!ENTITY x SYSTEM "file:///etc/hostname">]'), "xml_doctype"),
    "A02": Row(doctype(f'[<!ENTITY x SYSTEM "{URL}">]'), "xml_doctype"),
    "A03": Row(doctype(f'SYSTEM "{URL}"', ""), "xml_doctype"),
    "A04": Row(doctype('[<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]', ""), "xml_doctype"),
    "A05": Row(doctype(f"[{_ENTITIES}]", "&l9;"), "xml_doctype"),
    "A06": Row(doctype(f'[<!ENTITY x "{"x" * 50_000}">]', "&x;" * 5_000), "xml_doctype"),
    "A07": Row(doctype('[<!ENTITY x "ok">]'), "xml_doctype"),
    "A08": Row(doctype('[<!ENTITY x "ok">]').decode().encode("utf-16"), "xml_doctype"),
    "A09": Row(named("Xét duyệt").decode().encode("utf-16")),
    "A10": Row(drawn(*PLAIN, head='<?xml version="1.0" encoding="UTF-7"?>'), "xml_encoding"),
    "A11": Row(drawn(*PLAIN, head='<?xml version="1.0" encoding="ISO-8859-1"?>'), "xml_encoding"),
    "A12": Row(b"\xef\xbb\xbf" + named("Xét duyệt")),
    "A13": Row(
        drawn(*PLAIN, f'task x {{<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="{URL}"/>}}', "s -> x")
    ),
    "A14": Row(drawn(*PLAIN, head=f'<?xml-stylesheet type="text/xsl" href="{URL}"?>')),
    "A15": Row(drawn(*PLAIN, more=f'<import importType="x" location="{URL}" namespace="n"/>'), "element_unsupported"),
    "A16": Row(named("a").replace(b'name="a"', b'name="a\0b"'), "xml_nul"),
    "A17": Row(named("a").replace(b'name="a"', b'name="&#0;"'), "xml_syntax"),
    "A18": Row(drawn(*PLAIN).partition(b"<endEvent")[0] + b'<endEvent id="e', "xml_cut_short"),
    "A19": Row(b"", "xml_empty"),
    "A20": Row(b"%PDF-1.7 not a diagram", "xml_not_xml"),
    "A21": Row(gzip.compress(drawn(*PLAIN)), "xml_not_xml"),
    "A22": Row(b"<a>" * 200_000, "xml_too_deep"),
    "A23": Row(_chain(6_000), "xml_too_many_elements"),
    "A24": Row(named("x" * 10_000_000), "xml_too_large"),
    "A25": Row(b"<a " + b" ".join(b'a%d=""' % i for i in range(20_000)) + b"/>", "xml_too_many_attributes"),
    "A26": Row(drawn(*PLAIN, more='<!-- <process id="hidden"/> -->')),
    "A27": Row(
        drawn(
            "startEvent s", "scriptTask a {<script>x = 1<!-- # --> ; y = 2</script>}", "endEvent e", "s -> a", "a -> e"
        ),
        "script_forbidden",
    ),
    "A28": Row(drawn(*PLAIN).replace(b"20100524", b"19990101"), "bpmn_namespace"),
    "A29": Row(
        drawn(*PLAIN, "a -> f").replace(b"</process>", b'<x:task xmlns:x="urn:x" id="f"/></process>'),
        "flow_target_unknown",
    ),
    "B01": Row(drawn(*PLAIN, "task a"), "id_duplicate"),
    "B02": Row(drawn(*PLAIN, more=f'<process id="p">{body(("startEvent q",))}</process>'), "process_duplicate"),
    "B03": Row(drawn(*PLAIN)),
    "B04": Row(drawn(*PLAIN, "f2: gone -> a"), "flow_source_unknown"),
    "B05": Row(drawn(*PLAIN, "f2: a -> gone"), "flow_target_unknown"),
    "B06": Row(drawn("task a", "endEvent e", "a -> e"), "start_missing"),
    "B07": Row(drawn("startEvent s", "task a", "s -> a")),
    "B08": Row(drawn(*PLAIN, "startEvent s2", "s2 -> a"), "start_several"),
    "B09": Row(choice(" if x == 1", " if x == 2"), outcome="incident", strict="cel_undeclared"),
    "B10": Row(choice("", ""), "gateway_condition_missing"),
    "B11": Row(choice(" if ${approved}", "", True), outcome="incident", strict="cel_undeclared"),
    "B12": Row(choice(" if true", " if true")),
    "B13": Row(drawn("startEvent s", "task a", "endEvent e", "s -> a", "a -> e if 1 == 2"), "std_condition_alone"),
    "B14": Row(f"{HEAD}{call('p', 'p')}</definitions>".encode(), "called_in_circle"),
    "B15": Row(f"{HEAD}{call('p', 'q')}{call('q', 'p')}</definitions>".encode(), "called_in_circle"),
    "B16": Row(f"{HEAD}{call('p', '../../etc/passwd')}</definitions>".encode(), "called_unknown"),
    "B17": Row(
        drawn("startEvent s", "exclusiveGateway g", "task a", "s -> g", "g -> a", "a -> g"),
        outcome="incident",
        strict="loop_without_wait",
    ),
    "B18": Row(
        drawn(*("startEvent s", "exclusiveGateway m", "parallelGateway g", "s -> m", "m -> g", "g -> m", "g -> m")),
        outcome="incident",
        strict="loop_without_wait",
    ),
    "B19": Row(
        drawn(
            *("startEvent s", "exclusiveGateway g default=d", "task a", "task b", "parallelGateway j", "endEvent e"),
            *("s -> g", "g -> a if true", "d: g -> b", "a -> j", "b -> j", "j -> e"),
        ),
        outcome="incident",
        strict="deadlock",
    ),
    "B20": Row(drawn(*PLAIN, "task orphan")),
    "B21": Row(
        drawn("startEvent s", f"task a {{{many('1000000000')}}}", "endEvent e", "s -> a", "a -> e"), outcome="incident"
    ),
    "B22": Row(
        drawn(
            *("startEvent s", "intermediateThrowEvent t {<linkEventDefinition name='x'/>}", "endEvent e", "s -> t"),
            *("intermediateCatchEvent c {<linkEventDefinition name='x'/>}", "c -> e"),
        )
    ),
    "B23": Row(drawn(*PLAIN, f"subProcess x triggeredByEvent=true {{{_ERROR_SUB}}}")),
    "B24": Row(drawn(*PLAIN[:4], "complexGateway g", "s -> g", "a -> g", "g -> e"), "element_unsupported"),
    "B25": Row(drawn(*PLAIN, f"subProcess u {{{_SUB}}}", "a -> u", "f9: t -> e"), "flow_crosses_border"),
    "B26": Row(
        drawn(
            "startEvent s", 'serviceTask a {<extensionElements><x:y xmlns:x="urn:x"/></extensionElements>}', "s -> a"
        ),
        "element_unsupported",
    ),
    "B27": Row(drawn("startEvent s", "businessRuleTask a", "endEvent e", "s -> a", "a -> e"), "decision_missing"),
    "D01": Row(with_timer("99999-01-01T00:00:00", "timeDate"), "timer_invalid"),
    "D02": Row(with_timer("0000-01-01T00:00:00", "timeDate"), "timer_invalid"),
    "D03": Row(with_timer("P9999999Y", "timeDuration"), "timer_invalid"),
    "D04": Row(with_timer("-P1D", "timeDuration"), "timer_invalid"),
    "D05": Row(cycle("R/PT0S"), "timer_invalid"),
    "D06": Row(cycle("R1000000000000/PT1S"), "timer_invalid"),
    "D07": Row(with_timer("PT1S", "timeDuration"), outcome="waiting"),
    "D08": Row(with_timer("2026-02-30T00:00:00", "timeDate"), "timer_invalid"),
    "D09": Row(with_timer("2026-05-01T08:00:00", "timeDate"), outcome="waiting"),
    "E01": Row(named("<script>alert(1)</script>")),
    "E02": Row(named('<img src=x onerror="alert(1)">')),
    "E03": Row(named("{{7*7}}")),
    "E04": Row(named("<svg><foreignObject/></svg>")),
    "E05": Row(named("javascript:alert(1)")),
    "E06": Row(named("=1+1")),
    "E07": Row(named("a\u202eb")),
    "E08": Row(named("a\u200bb")),
    "E09": Row(named(normalize("NFD", "Xét duyệt"))),
    "E10": Row(named("Xét duyệt")),
}
