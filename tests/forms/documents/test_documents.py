"""The sheet of a paper: what stands on it, and that a word processor reads it."""

from __future__ import annotations

import io

from docx import Document

from forms.documents import docx
from forms.documents.content import Content, Name, content_of

FIELDS = {
    "trich_yeu": "Về việc đề nghị tặng Bằng khen",
    "kinh_gui": "Chủ tịch Ủy ban nhân dân tỉnh",
    "noi_dung": "Đoạn thứ nhất.\n\nĐoạn thứ hai.",
    "noi_nhan": "- Như trên;\n- Sở Tài chính;",
}
NAMES = [
    Name("Nguyễn Văn A", "ca_nhan", "BK_TINH", "Đội trưởng", "Công an tỉnh"),
    Name("Xã Hùng Lợi", "tap_the", "BK_TTG", unit="Xã Hùng Lợi"),
    Name("Trần Thị B", "ca_nhan", "BK_TINH", "Công chức", "Xã Tân Trào"),
]


def letter(type: str = "TTr", signer: str = "SNV_GD", unit: str = "Sở Nội vụ", **fields: str) -> Content:
    return content_of(
        title="Tờ trình của Sở Nội vụ",
        type=type,
        unit=unit,
        superior="Ủy ban nhân dân tỉnh Tuyên Quang",
        receiver="Văn phòng Ủy ban nhân dân tỉnh",
        signer=signer,
        grounds=["Luật Thi đua, khen thưởng", "Nghị định 152/2025/NĐ-CP"],
        fields=FIELDS | fields,
        names=NAMES,
    )


def read(content: Content) -> str:
    document = Document(io.BytesIO(docx.write(content)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells])


def test_a_sheet_has_its_parts_and_leaves_number_and_date_blank() -> None:
    text = read(letter())
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "SỞ NỘI VỤ",
        "TỜ TRÌNH",
        "Về việc đề nghị tặng Bằng khen",
        "Kính gửi: Chủ tịch Ủy ban nhân dân tỉnh",
        "Căn cứ Luật Thi đua, khen thưởng;",
        "Căn cứ Nghị định 152/2025/NĐ-CP.",
        "Đoạn thứ hai.",
        "GIÁM ĐỐC",
        "- Như trên;",
        "- Lưu: VT.",
        "Số:        /TTr-…",
        "Tuyên Quang, ngày      tháng      năm",
    ):
        assert part in text


def test_where_it_is_archived_is_said_once() -> None:
    assert letter(noi_nhan="Như trên\nLưu: VT, NV").recipients == ("Như trên", "Lưu: VT, NV")


def test_a_notice_says_what_became_of_each_name_and_why_not() -> None:
    awarded = Name("Ma Thị Sinh", "ca_nhan", "BK_TINH", "Công chức", "xã Tân Trào", result="DUOC_KHEN")
    refused = Name(
        "Ma Quốc Lâm", "ca_nhan", "BK_TINH", unit="Xã Tân Trào", result="KHONG_DU_DK", note="Chưa có sáng kiến."
    )
    assert awarded.description == "Công chức, xã Tân Trào. Được khen thưởng"
    assert refused.description == "Xã Tân Trào. Không đủ điều kiện: Chưa có sáng kiến."


def test_names_stand_under_their_award_and_keep_their_order() -> None:
    assert [(award, [(place, name.name) for place, name in names]) for award, names in letter().numbered] == [
        ("Bằng khen của Chủ tịch UBND tỉnh", [(1, "Nguyễn Văn A"), (2, "Trần Thị B")]),
        ("Bằng khen của Thủ tướng Chính phủ", [(3, "Xã Hùng Lợi")]),
    ]
    text = read(letter())
    assert text.index("Nguyễn Văn A") < text.index("Trần Thị B") < text.index("Xã Hùng Lợi")


def test_a_decision_names_whose_it_is_and_a_letter_has_its_subject_under_its_number() -> None:
    decision = letter(type="QĐ", signer="CT_UBND", unit="Ủy ban nhân dân tỉnh Tuyên Quang")
    assert decision.authority == "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH TUYÊN QUANG"
    assert "QUYẾT ĐỊNH:" in read(decision) and "Kính gửi" not in read(decision)
    plain = read(letter(type=""))
    assert "V/v đề nghị tặng Bằng khen" in plain and "TỜ TRÌNH" not in plain


def test_typed_grounds_stand_in_place_of_the_usual_ones() -> None:
    assert letter(can_cu="Căn cứ Kế hoạch 230/KH-UBND").grounds == ("Căn cứ Kế hoạch 230/KH-UBND.",)


def test_the_page_is_a4_with_the_margins_of_the_decree() -> None:
    [section] = Document(io.BytesIO(docx.write(letter()))).sections
    assert [round(each.mm) for each in (section.page_width, section.page_height)] == [210, 297]
    assert 30 <= round(section.left_margin.mm) <= 35 and 15 <= round(section.right_margin.mm) <= 20
    assert 20 <= round(section.top_margin.mm) <= 25


def test_three_hundred_names_are_written() -> None:
    names = [Name(f"Người thứ {place}", "ca_nhan", "BK_TINH") for place in range(1, 301)]
    content = content_of(
        title="Tờ trình", type="TTr", unit="Sở Nội vụ", superior=None, receiver=None, signer="SNV_GD", grounds=[],
        fields={}, names=names,
    )  # fmt: skip
    assert "Người thứ 300" in read(content)
