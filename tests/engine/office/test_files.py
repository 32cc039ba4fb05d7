from io import BytesIO
from zipfile import ZIP_DEFLATED, ZIP_LZMA, ZIP_STORED, ZipFile, ZipInfo
from zlib import crc32

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


def packed(compression: int = ZIP_DEFLATED, **parts: bytes) -> bytes:
    made = BytesIO()
    with ZipFile(made, "w", compression) as archive:
        for name, content in ({"word/document.xml": b"<x/>"} | parts).items():
            archive.writestr(name, content)
    return made.getvalue()


def declaring(size: int, content: bytes) -> bytes:
    """Return an archive of one part that says it is of another size, with the checksum of so much of it."""
    archive = bytearray(packed(**{"word/document.xml": content}))
    entry = archive.rfind(b"PK\x01\x02")
    said = crc32(content[:size]).to_bytes(4, "little"), size.to_bytes(4, "little")
    for checksum in (14, entry + 16):
        archive[checksum : checksum + 4] = said[0]
    for length in (22, entry + 24):
        archive[length : length + 4] = said[1]
    return bytes(archive)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (packed(a=bytes(200_000_000)), "file_holds_too_much"),
        (packed(a=bytes(60_000_000), b=bytes(60_000_000)), "file_holds_too_much"),
        (packed(**{f"p{n}": b"" for n in range(5_000)}), "file_holds_too_much"),
        (declaring(10, bytes(200_000_000)), "file_not_its_kind"),
        (declaring(1_000, b"<x/>"), "file_not_its_kind"),
        (packed(ZIP_LZMA, a=b"x" * 1_000), "file_not_its_kind"),
        (b"MZ" + WORD, "file_not_its_kind"),
        (WORD.replace(b"<x/>", b"<y/>", 1), "file_not_its_kind"),
    ],
    ids=["one large part", "two", "many parts", "says less", "says more", "other compression", "prefix", "damaged"],
)
def test_an_archive_that_holds_too_much_or_other_than_it_says_is_refused(content: bytes, code: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        admitted("a.docx", content)
    assert [found[0] for found in refused.value.fields["file"]] == [code]


@pytest.mark.parametrize("compression", [ZIP_STORED, ZIP_DEFLATED])
def test_an_archive_of_an_office_is_taken_however_it_was_packed(compression: int) -> None:
    assert admitted("a.docx", packed(compression, **{"word/media/anh.png": bytes(1_000_000)}))[1].suffixes == ("docx",)


@pytest.mark.parametrize(
    "name", ["Mặt trận Tổ quốc.pdf", "không chứa bí mật nhà nước.pdf", "HTX mật ong.pdf", "MAT TRAN.pdf"]
)
def test_words_that_only_look_like_a_stamp_are_none(name: str) -> None:
    assert admitted(name, PDF)[0] == name
