"""The only way XML gets into the engine: bytes in, a tree out, nothing fetched, nothing expanded.

Accepted is XML of at most 2 MB in UTF-8 or UTF-16, without DOCTYPE, of bounded depth and number of elements.
Comments and processing instructions are dropped, so that a text is never cut in two by a comment; texts and
attribute values are NFC. The bytes themselves are the caller's to keep: they are not changed here.
It knows no BPMN and no DMN: see engine.process.definition and engine.process.decisions.
"""

from __future__ import annotations

import re
from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE
from typing import NoReturn
from unicodedata import is_normalized, normalize

from lxml import etree

from engine.errors import EngineError, Problem

MAX_BYTES = 2 * 1024 * 1024
MAX_ELEMENTS = 10_000
MAX_DEPTH = 200
MAX_ATTRIBUTES = 200

_DECLARATION = re.compile(r"<\?xml\s.*?\?>", re.DOTALL)
_DECLARED_ENCODING = re.compile(r"encoding\s*=\s*[\"']([^\"']*)[\"']")
_BLANK = re.compile(r"\s*")
# libxml2: attribute, comment, CDATA not finished; ">" missing; end of input inside an element.
_CUT_SHORT = frozenset({40, 45, 63, 73, 77})

# code -> message, mend, message_en, mend_en
_SENTENCES = {
    "xml_too_large": (
        "Tệp lớn hơn 2 MB.",
        "Chia tệp thành nhiều tệp nhỏ hơn.",
        "The file is larger than 2 MB.",
        "Split it into smaller files.",
    ),
    "xml_empty": (
        "Tệp trống.",
        "Chọn lại tệp đã được lưu đầy đủ.",
        "The file is empty.",
        "Choose the file that was saved completely.",
    ),
    "xml_not_xml": (
        "Tệp không phải là XML.",
        "Chọn tệp BPMN hoặc DMN chưa nén, xuất từ công cụ vẽ.",
        "The file is not XML.",
        "Choose an uncompressed BPMN or DMN file exported by the modelling tool.",
    ),
    "xml_encoding": (
        "Bảng mã của tệp không phải là UTF-8 hoặc UTF-16.",
        "Lưu lại tệp với bảng mã UTF-8.",
        "The encoding of the file is neither UTF-8 nor UTF-16.",
        "Save the file as UTF-8.",
    ),
    "xml_nul": (
        "Tệp chứa ký tự rỗng (NUL).",
        "Xuất lại tệp từ công cụ vẽ.",
        "The file holds a NUL character.",
        "Export the file again from the modelling tool.",
    ),
    "xml_doctype": (
        "Không cho phép khai báo DOCTYPE.",
        "Xóa khai báo DOCTYPE khỏi tệp; BPMN và DMN không cần khai báo này.",
        "DOCTYPE not allowed.",
        "Remove the DOCTYPE declaration; BPMN and DMN never need it.",
    ),
    "xml_cut_short": (
        "Tệp bị cắt cụt: XML kết thúc giữa chừng.",
        "Xuất hoặc tải lại tệp đầy đủ.",
        "The file is cut short: the XML ends in the middle.",
        "Export or upload the complete file again.",
    ),
    "xml_syntax": (
        "XML viết sai quy tắc ở dòng này.",
        "Sửa dòng này, hoặc xuất lại tệp từ công cụ vẽ.",
        "The XML is not well-formed on this line.",
        "Mend this line, or export the file again from the modelling tool.",
    ),
    "xml_too_deep": (
        f"Các phần tử lồng nhau quá {MAX_DEPTH} cấp.",
        "Giảm số cấp lồng nhau.",
        f"Elements are nested more than {MAX_DEPTH} deep.",
        "Nest fewer elements.",
    ),
    "xml_too_many_elements": (
        "Tệp có nhiều hơn 10.000 phần tử.",
        "Chia tệp thành nhiều tệp nhỏ hơn.",
        "The file has more than 10,000 elements.",
        "Split it into smaller files.",
    ),
    "xml_too_many_attributes": (
        f"Một phần tử có nhiều hơn {MAX_ATTRIBUTES} thuộc tính.",
        "Bỏ bớt thuộc tính của phần tử này.",
        f"An element has more than {MAX_ATTRIBUTES} attributes.",
        "Remove attributes from this element.",
    ),
}


class InvalidXml(EngineError):
    """The bytes are no XML the engine reads. Params: problem, the one `Problem` found."""

    code = "invalid_xml"

    @property
    def problem(self) -> Problem:
        return self.params["problem"]  # type: ignore[no-any-return]

    def __str__(self) -> str:
        return str(self.problem)


def parse_xml(raw: bytes, file: str = "") -> etree._Element:
    """Return the root element of an XML file.

    Args:
        raw: the file as it came.
        file: its path inside the release, for the problem only; nothing is opened.

    Raises:
        InvalidXml: with the first thing found wrong and its line.

    >>> parse_xml("<a>Xét duyệt</a>".encode("utf-16")).text
    'Xét duyệt'
    >>> parse_xml(b"<!DOCTYPE a><a/>", "x.bpmn")
    Traceback (most recent call last):
    engine.process.xml.InvalidXml: x.bpmn:1: error xml_doctype: DOCTYPE not allowed.
    """
    text = _decode(raw, file)
    if (nul := text.find("\0")) >= 0:
        _refuse("xml_nul", file, _line(text, nul))
    if (doctype := _doctype_at(text)) is not None:
        _refuse("xml_doctype", file, _line(text, doctype))
    root = _parse(text, file)
    _check_limits(root, file)
    _normalise(root)
    return root


def _decode(raw: bytes, file: str) -> str:
    """Return the text of the file with its XML declaration blanked out, line for line."""
    if len(raw) > MAX_BYTES:
        _refuse("xml_too_large", file)
    encoding, mark = _encoding_of(raw)
    body = raw[mark:]
    visible = body.lstrip(b" \t\r\n\0")
    if not visible:
        _refuse("xml_empty", file)
    if not visible.startswith(b"<"):
        _refuse("xml_not_xml", file, 1)
    try:
        text = body.decode(encoding)
    except UnicodeDecodeError as error:
        _refuse("xml_encoding", file, body[: error.start].count(b"\n") + 1)
    declaration = _DECLARATION.match(text)
    if not declaration:
        return text
    named = _DECLARED_ENCODING.search(declaration[0])
    # The byte order mark, or the zeros of UTF-16, say more surely than the declaration what the bytes are.
    if named and not mark and encoding == "utf-8" and named[1].lower() not in ("utf-8", "utf8"):
        _refuse("xml_encoding", file, _line(text, named.start()))
    return re.sub(r"[^\n]", " ", declaration[0]) + text[declaration.end() :]


def _encoding_of(raw: bytes) -> tuple[str, int]:
    """Return encoding and length of the byte order mark. UTF-16 without a mark shows by the zero beside "<"."""
    if raw.startswith(BOM_UTF8):
        return "utf-8", len(BOM_UTF8)
    if raw.startswith(BOM_UTF16_LE):
        return "utf-16-le", len(BOM_UTF16_LE)
    if raw.startswith(BOM_UTF16_BE):
        return "utf-16-be", len(BOM_UTF16_BE)
    if raw.startswith(b"<\0"):
        return "utf-16-le", 0
    if raw.startswith(b"\0<"):
        return "utf-16-be", 0
    return "utf-8", 0


def _doctype_at(text: str) -> int | None:
    """Return where a DOCTYPE stands. Only blanks, comments and processing instructions may come before it."""
    at = 0
    while True:
        at = _BLANK.match(text, at).end()  # type: ignore[union-attr]
        if text.startswith("<!--", at):
            end = text.find("-->", at)
        elif text.startswith("<?", at):
            end = text.find("?>", at)
        else:
            return at if text[at : at + 9].upper() == "<!DOCTYPE" else None
        if end < 0:
            return None
        at = text.index(">", end) + 1


def _parse(text: str, file: str) -> etree._Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError as error:
        line = error.lineno or 0
        if "depth" in (error.msg or "").lower():
            _refuse("xml_too_deep", file, line)
        _refuse("xml_cut_short" if error.code in _CUT_SHORT else "xml_syntax", file, line)  # type: ignore[attr-defined]


def _check_limits(root: etree._Element, file: str) -> None:
    depth = elements = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            depth -= 1
            continue
        depth += 1
        elements += 1
        if depth > MAX_DEPTH:
            _refuse("xml_too_deep", file, element.sourceline or 0)
        if elements > MAX_ELEMENTS:
            _refuse("xml_too_many_elements", file, element.sourceline or 0)
        if len(element.attrib) > MAX_ATTRIBUTES:
            _refuse("xml_too_many_attributes", file, element.sourceline or 0, str(element.get("id", ""))[:200])


def _normalise(root: etree._Element) -> None:
    # After parsing, not before: a combining mark behind "<" or "=" would swallow the markup.
    for element in root.iter():
        if element.text and not is_normalized("NFC", element.text):
            element.text = normalize("NFC", element.text)
        if element.tail and not is_normalized("NFC", element.tail):
            element.tail = normalize("NFC", element.tail)
        for name, value in element.attrib.items():
            if not is_normalized("NFC", str(value)):
                element.set(name, normalize("NFC", str(value)))


def _line(text: str, at: int) -> int:
    return text.count("\n", 0, at) + 1


def _refuse(code: str, file: str, line: int = 0, element: str = "") -> NoReturn:
    message, mend, message_en, mend_en = _SENTENCES[code]
    raise InvalidXml(problem=Problem(file, line, element, code, "error", message, mend, message_en, mend_en))
