"""Writes the content of a paper as a .docx: A4, Times New Roman, margins and sizes of NĐ 30/2020/NĐ-CP, Phụ lục I."""

from __future__ import annotations

from collections.abc import Sequence
from copy import deepcopy
from io import BytesIO

from docx import Document
from docx.document import Document as Docx
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docx.table import Table, _Cell, _Row
from docx.text.paragraph import Paragraph

from forms.documents.content import MOTTO, NATION, Content

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
FONT = "Times New Roman"
BODY = 13.5
CENTRE, LEFT, JUSTIFY = WD_ALIGN_PARAGRAPH.CENTER, WD_ALIGN_PARAGRAPH.LEFT, WD_ALIGN_PARAGRAPH.JUSTIFY
COLUMNS = (("TT", 1.2), ("Họ và tên, tên tập thể", 5.3), ("Chức vụ, đơn vị", 9.5))


def write(content: Content) -> bytes:
    """Return the file of a paper."""
    document = Document()
    _set_up(document)
    _head(document, content)
    _title(document, content)
    _text(document, content)
    _names(document, content)
    _foot(document, content)
    written = BytesIO()
    document.save(written)
    return written.getvalue()


def _set_up(document: Docx) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = Mm(20)
    section.left_margin, section.right_margin = Mm(30), Mm(20)
    # The page number stands in the top margin, from the second page on.
    section.different_first_page_header_footer = True
    _page_number(section.header.paragraphs[0])
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(BODY)
    style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), FONT)
    style.paragraph_format.space_after = Pt(0)


def _page_number(paragraph: Paragraph) -> None:
    paragraph.alignment = CENTRE
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)


def _head(document: Docx, content: Content) -> None:
    """Issuer and number on the left, nation and date on the right."""
    table = document.add_table(rows=2, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    _widths(table, (6.8, 9.7))
    left, right = table.rows[0].cells
    if content.superior:
        _line(left, content.superior, 12)
    _line(left, content.issuer, 12, bold=True, rule=True)
    _line(right, NATION, 12, bold=True)
    _line(right, MOTTO, 13, bold=True, rule=True)
    left, right = table.rows[1].cells
    _line(left, f"Số:        /{content.symbol}", 13, before=6)
    if not content.heading:
        _line(left, f"V/v {_lower(content.subject)}", 12)
    _line(right, f"{content.place}, ngày      tháng      năm", 13, italic=True, before=6)


def _lower(text: str) -> str:
    """Return a subject as it goes on behind V/v."""
    text = text.removeprefix("Về việc ").removeprefix("V/v ")
    return text[:1].lower() + text[1:]


def _title(document: Docx, content: Content) -> None:
    if content.heading:
        _paragraph(document, content.heading, CENTRE, size=14, bold=True, before=18)
        _paragraph(document, content.subject, CENTRE, size=14, bold=True, rule=True)
    if content.authority:
        _paragraph(document, content.authority, CENTRE, size=14, bold=True, before=12)
    elif content.addressee:
        _paragraph(document, f"Kính gửi: {content.addressee}", CENTRE, size=14, before=12)


def _text(document: Docx, content: Content) -> None:
    for place, ground in enumerate(content.grounds):
        _paragraph(document, ground, JUSTIFY, italic=True, indent=1.27, before=12 if place == 0 else 6)
    if content.authority:
        _paragraph(document, "QUYẾT ĐỊNH:", CENTRE, size=14, bold=True, before=12)
    for text in content.body:
        _paragraph(document, text, JUSTIFY, indent=1.27, before=6)


def _names(document: Docx, content: Content) -> None:
    total = sum(len(names) for _, names in content.names)
    if not total:
        return
    _paragraph(document, f"Danh sách gồm {total} trường hợp:", JUSTIFY, indent=1.27, before=6)
    for award, names in content.numbered:
        _paragraph(document, f"{award} ({len(names)} trường hợp)", LEFT, bold=True, before=10, keep=True)
        table = document.add_table(rows=1, cols=len(COLUMNS))
        table.style = "Table Grid"
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        _mark(table.rows[0], "w:tblHeader")  # printed again on every page
        for cell, (label, _) in zip(table.rows[0].cells, COLUMNS, strict=True):
            _line(cell, label, 12, bold=True)
        pattern = table.add_row()
        _mark(pattern, "w:cantSplit")
        for cell, align in zip(pattern.cells, (CENTRE, LEFT, LEFT), strict=True):
            _line(cell, " ", 12, align=align)
        _widths(table, [width for _, width in COLUMNS])
        # Copying a row is ten times quicker than making one, and a list may be long.
        for place, name in names:
            row = deepcopy(pattern._tr)
            for text, value in zip(row.iter(qn("w:t")), (str(place), name.name, name.description), strict=True):
                text.text = value
            table._tbl.append(row)
        table._tbl.remove(pattern._tr)


def _mark(row: _Row, mark: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(mark))


def _widths(table: Table, widths: Sequence[float]) -> None:
    """Fix the widths of the columns: readers differ in whether they ask the column or the cell."""
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(width)
    for row in table.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Cm(width)


def _foot(document: Docx, content: Content) -> None:
    """Where it goes on the left, who signs on the right, and room for the signature."""
    document.add_paragraph()
    table = document.add_table(rows=1, cols=2)
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    left, right = table.rows[0].cells
    _line(left, "Nơi nhận:", 12, bold=True, italic=True, align=LEFT)
    for recipient in content.recipients:
        _line(left, f"- {recipient}", 11, align=LEFT)
    for line in content.signer:
        _line(right, line, 13, bold=True)
    for _ in range(5):
        _line(right, "", 13)


def _line(
    cell: _Cell,
    text: str,
    size: float,
    *,
    bold: bool = False,
    italic: bool = False,
    rule: bool = False,
    before: float = 0,
    align: WD_ALIGN_PARAGRAPH = CENTRE,
) -> None:
    """Write a line into a cell; the first one takes the paragraph that is there already."""
    empty = len(cell.paragraphs) == 1 and not cell.paragraphs[0].runs
    paragraph = cell.paragraphs[0] if empty else cell.add_paragraph()
    _write(paragraph, text, align, size, bold, italic, before)
    if rule:
        _rule(cell.add_paragraph())


def _paragraph(
    document: Docx,
    text: str,
    align: WD_ALIGN_PARAGRAPH,
    *,
    size: float = BODY,
    bold: bool = False,
    italic: bool = False,
    indent: float = 0,
    before: float = 0,
    rule: bool = False,
    keep: bool = False,
) -> None:
    paragraph = document.add_paragraph()
    _write(paragraph, text, align, size, bold, italic, before)
    paragraph.paragraph_format.first_line_indent = Cm(indent)
    paragraph.paragraph_format.keep_with_next = keep
    if rule:
        _rule(document.add_paragraph())


def _write(
    paragraph: Paragraph, text: str, align: WD_ALIGN_PARAGRAPH, size: float, bold: bool, italic: bool, before: float
) -> None:
    paragraph.alignment = align
    paragraph.paragraph_format.space_before = Pt(before)
    run = paragraph.add_run(text)
    run.bold, run.italic, run.font.size = bold, italic, Pt(size)


def _rule(paragraph: Paragraph) -> None:
    """Draw the short rule under a title."""
    _write(paragraph, "_" * 14, CENTRE, 5, False, False, 0)
