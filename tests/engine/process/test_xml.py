"""What may come in as XML, and what each broken or hostile file is told."""

from __future__ import annotations

import pytest

from engine.process.xml import InvalidXml, parse_xml

UTF16 = '<?xml version="1.0" encoding="UTF-16"?>\n'

REFUSED = {
    "an empty file": (b"", "xml_empty", 0),
    "blanks only": (b"\xef\xbb\xbf \n", "xml_empty", 0),
    "plain text": (b"hello", "xml_not_xml", 1),
    "gzip": (b"\x1f\x8b\x08\x00", "xml_not_xml", 1),
    "a zip archive": (b"PK\x03\x04", "xml_not_xml", 1),
    "an external entity": (
        b'<?xml version="1.0"?>\n<!DOCTYPE a [<!ENTITY x SYSTEM "f">]>\n<a>&x;</a>',
        "xml_doctype",
        2,
    ),
    "a harmless DOCTYPE": (b"<!-- c -->\n<?p q?>\n<!DOCTYPE a><a/>", "xml_doctype", 3),
    "a DOCTYPE in UTF-16": ((UTF16 + "<!DOCTYPE a><a/>").encode("utf-16"), "xml_doctype", 2),
    "UTF-7": (b'<?xml version="1.0" encoding="utf-7"?><a/>', "xml_encoding", 1),
    "a declaration of Latin-1": ('<?xml version="1.0" encoding="iso-8859-1"?><a>é</a>'.encode(), "xml_encoding", 1),
    "bytes that are no UTF-8": (b"<a>\n\xff</a>", "xml_encoding", 2),
    "half a UTF-16 character": (b"\xff\xfe<\0a", "xml_encoding", 1),
    "a NUL byte": (b"<a>\n\0</a>", "xml_nul", 2),
    "UTF-32": ("<a/>".encode("utf-32"), "xml_nul", 1),
    "a reference to a control character": (b"<a>\n&#0;</a>", "xml_syntax", 2),
    "an undefined entity": (b"<a>\n&x;</a>", "xml_syntax", 2),
    "an undeclared prefix": (b"<a>\n<q:b/></a>", "xml_syntax", 2),
    "a wrong end tag": (b"<a>\n</b>", "xml_syntax", 2),
    "an attribute given twice": (b'<a b="1" b="2"/>', "xml_syntax", 1),
    "two roots": (b"<a/><b/>", "xml_syntax", 1),
    "a file cut short in a tag": (b"<a>\n<b", "xml_cut_short", 2),
    "a file cut short in an attribute": (b'<a>\n<b c="', "xml_cut_short", 2),
    "a file cut short in an element": (b"<a>\n<b>", "xml_cut_short", 2),
    "201 levels": (b"<a>" * 201 + b"</a>" * 201, "xml_too_deep", 1),
    "200,000 levels": (b"<a>" * 200_000 + b"</a>" * 200_000, "xml_too_deep", 1),
    "10,001 elements": (b"<a>" + b"<b/>" * 10_000 + b"</a>", "xml_too_many_elements", 1),
    "201 attributes": (b"<a " + b" ".join(b'a%d=""' % n for n in range(201)) + b"/>", "xml_too_many_attributes", 1),
    "more than 2 MB": (b"<a>" + b" " * 2 * 1024 * 1024 + b"</a>", "xml_too_large", 0),
}


@pytest.mark.parametrize(("raw", "code", "line"), REFUSED.values(), ids=REFUSED.keys())
def test_a_broken_or_hostile_file_is_refused_with_code_and_line(raw: bytes, code: str, line: int) -> None:
    with pytest.raises(InvalidXml) as refused:
        parse_xml(raw, "bpmn/x.bpmn")

    problem = refused.value.problem
    assert (problem.code, problem.line, problem.file, problem.severity) == (code, line, "bpmn/x.bpmn", "error")
    assert problem.message and problem.mend and problem.message_en and problem.mend_en


@pytest.mark.parametrize(
    "raw",
    [
        "<a>Xét duyệt</a>".encode(),
        "\ufeff<?xml version='1.0' encoding='UTF-8'?><a>Xét duyệt</a>".encode(),
        (UTF16 + "<a>Xét duyệt</a>").encode("utf-16"),
        (UTF16 + "<a>Xét duyệt</a>").encode("utf-16-be"),
        "<a>Xe\u0301t duye\u0323\u0302t</a>".encode(),
        "<!-- <!DOCTYPE a> --><a>Xét <!-- không -->duyệt</a>".encode(),
        "<?xml-stylesheet href='x.xsl'?><a>Xét duyệ<?p?>t</a>".encode(),
    ],
)
def test_a_text_is_read_whole_and_in_one_unicode_form(raw: bytes) -> None:
    assert parse_xml(raw).text == "Xét duyệt"


def test_attributes_are_read_in_one_unicode_form_without_touching_the_markup() -> None:
    root = parse_xml("<a\nb='Xe\u0301t'>\u0338<c/>e\u0301</a>".encode())

    assert root.get("b") == "Xét"
    assert root.text == "\u0338"
    assert root[0].tail == "é"


def test_lines_are_those_of_the_file_even_when_the_declaration_spans_two() -> None:
    root = parse_xml(b"<?xml\nversion='1.0'?>\n<a>\n<b/></a>")

    assert (root.sourceline, root[0].sourceline) == (3, 4)


def test_files_of_the_largest_allowed_depth_and_number_are_read() -> None:
    assert parse_xml(b"<a>" * 200 + b"</a>" * 200) is not None
    assert len(parse_xml(b"<a>" + b"<b/>" * 9_999 + b"</a>")) == 9_999
