from io import BytesIO
from zipfile import ZipFile, ZipInfo

import pytest

from engine.errors import InvalidForm
from engine.office.files import admitted
from tests.builders import PDF


def zipped(**parts: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w") as archive:
        for name, content in parts.items():
            archive.writestr(ZipInfo(name), content)  # a fixed day, so that the tests have fixed names
    return made.getvalue()


WORD = zipped(**{"[Content_Types].xml": b"<x/>", "word/document.xml": b"<x/>"})


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../x.pdf", "x.pdf"),
        ("C:\\Scans\\Quyết định.pdf", "Quyết định.pdf"),
        ("bao\u202ecao\x00.pdf", "baocao.pdf"),
        (" .. /  bản   ký.PDF", "bản ký.PDF"),
        ("a" * 300 + ".pdf", "a" * 146 + ".pdf"),
    ],
)
def test_a_file_is_kept_under_the_harmless_part_of_its_name(sent: str, kept: str) -> None:
    assert admitted(sent, PDF)[0] == kept


@pytest.mark.parametrize(
    ("name", "content", "media_type"),
    [
        ("a.pdf", PDF, "application/pdf"),
        ("a.JPG", b"\xff\xd8\xff\xe0", "image/jpeg"),
        ("a.docx", WORD, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("a.doc", bytes.fromhex("d0cf11e0a1b11ae1"), "application/msword"),
    ],
)
def test_a_file_is_what_its_content_says(name: str, content: bytes, media_type: str) -> None:
    assert admitted(name, content)[1].media_type == media_type


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("a.pdf", b"", "file_empty"),
        ("a", PDF, "file_kind"),
        ("..", PDF, "file_kind"),
        ("a.html", b"<html>", "file_kind"),
        ("a.zip", WORD, "file_kind"),
        ("a.docm", WORD, "file_kind"),
        ("a.pdf", b"MZ\x90", "file_not_its_kind"),
        ("a.docx", zipped(a=b"x"), "file_not_its_kind"),
        ("a.docx", WORD[:40], "file_not_its_kind"),
        ("a.xlsx", WORD, "file_not_its_kind"),
        ("(MẬT) bao cao.pdf", PDF, "file_secret"),
        ("bao cao_mật.pdf", PDF, "file_secret"),
        ("toi mat 12.pdf", PDF, "file_secret"),
    ],
)
def test_other_files_are_refused(name: str, content: bytes, code: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        admitted(name, content)
    assert [found[0] for found in refused.value.fields["file"]] == [code]


@pytest.mark.parametrize(
    "name", ["Mặt trận Tổ quốc.pdf", "không chứa bí mật nhà nước.pdf", "HTX mật ong.pdf", "MAT TRAN.pdf"]
)
def test_words_that_only_look_like_a_stamp_are_none(name: str) -> None:
    assert admitted(name, PDF)[0] == name
