"""What may be kept with a case: files of known kinds, under a harmless name.

A file is what its first bytes say, never what its sender says; its name must end accordingly. An archive is unpacked
once, counted and thrown away: whoever opens it later finds no more in it than it says. That a name bears no stamp of a
state secret is a help against oversights and proves nothing.
"""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Callable
from copy import copy
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePosixPath
from uuid import UUID, uuid5
from zipfile import ZIP_DEFLATED, ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from engine.errors import InvalidForm, TooLarge
from engine.facts import FileAttached
from engine.office.act import Act

NOT_ITS_KIND, HOLDS_TOO_MUCH = "file_not_its_kind", "file_holds_too_much"
LARGEST_FILE = 20 * 1024 * 1024
LARGEST_UNPACKED = 100 * 1024 * 1024
MOST_PARTS = 5_000
ZIP, DIRECTORY_ENTRY = b"PK\x03\x04", b"PK\x01\x02"  # begin an archive, and the entry of each of its parts
LONGEST_NAME = 150
OOXML = "application/vnd.openxmlformats-officedocument"
OPEN_DOCUMENT = "application/vnd.oasis.opendocument"


@dataclass(frozen=True)
class Kind:
    """A kind of file: how its name ends, and what tells it by its content."""

    media_type: str
    suffixes: tuple[str, ...]
    fits: Callable[[bytes], bool]


def begins(*signatures: bytes) -> Callable[[bytes], bool]:
    return lambda content: content.startswith(signatures)


def zipped(part: str, says: bytes = b"") -> Callable[[bytes], bool]:
    """Return the test for a zip archive with a certain part, whose first bytes are `says`."""

    def fits(content: bytes) -> bool:
        try:
            with ZipFile(BytesIO(content)) as archive, archive.open(part) as found:
                return content.startswith(ZIP) and found.read(len(says)) == says
        except UNREADABLE:
            return False

    return fits


# What zipfile raises: RuntimeError where a part is encrypted, NotImplementedError where it is packed in another way.
UNREADABLE = (BadZipFile, KeyError, NotImplementedError, RuntimeError, ValueError, OSError, EOFError, zlib.error)
OLE = begins(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
KINDS = (
    Kind("application/pdf", ("pdf",), begins(b"%PDF-")),
    Kind("image/jpeg", ("jpg", "jpeg"), begins(b"\xff\xd8\xff")),
    Kind("image/png", ("png",), begins(b"\x89PNG\r\n\x1a\n")),
    Kind("image/tiff", ("tif", "tiff"), begins(b"II*\x00", b"MM\x00*")),
    Kind(f"{OOXML}.wordprocessingml.document", ("docx",), zipped("word/document.xml")),
    Kind(f"{OOXML}.spreadsheetml.sheet", ("xlsx",), zipped("xl/workbook.xml")),
    Kind(f"{OPEN_DOCUMENT}.text", ("odt",), zipped("mimetype", f"{OPEN_DOCUMENT}.text".encode())),
    Kind(f"{OPEN_DOCUMENT}.spreadsheet", ("ods",), zipped("mimetype", f"{OPEN_DOCUMENT}.spreadsheet".encode())),
    Kind("application/msword", ("doc",), OLE),
    Kind("application/vnd.ms-excel", ("xls",), OLE),
)
SUFFIXES = tuple(suffix for kind in KINDS for suffix in kind.suffixes)


def attached(act: Act, case: str, command_id: str, file_name: str, content: bytes) -> FileAttached:
    """Keep the bytes of a file and return the fact that it is with a case. Its name may hold a person's name, so it is
    no part of the journal.

    Raises:
        TooLarge: more than 20 MB.
        InvalidForm: it is empty, of no kind that is kept, or named as a state secret; at the field `file`.
    """
    name, kind = admitted(file_name, content)
    return FileAttached(
        file=str(uuid5(UUID(case), command_id)),
        sha256=act.tx.put_blob(content),
        size=len(content),
        media_type=kind.media_type,
        name_data=act.tx.put_form_data({"name": name}),
    )


def admitted(file_name: str, content: bytes) -> tuple[str, Kind]:
    """Return the name a file is kept under and its kind; raises as `attached`."""
    if len(content) > LARGEST_FILE:
        raise TooLarge(limit=LARGEST_FILE, size=len(content), megabytes=LARGEST_FILE // 1024**2)
    if not content:
        raise _refused("file_empty")
    name = safe_name(file_name)
    if bears_secrecy_stamp(name):
        raise _refused("file_secret")
    suffix = PurePosixPath(name).suffix[1:].lower()
    kind = next((each for each in KINDS if suffix in each.suffixes), None)
    if kind is None:
        raise _refused("file_kind")
    problem = archive_problem(content) if content.startswith(ZIP) else None
    if problem or not kind.fits(content):
        raise _refused(problem or NOT_ITS_KIND, suffix=suffix, megabytes=LARGEST_UNPACKED // 1024**2, parts=MOST_PARTS)
    return name, kind


def archive_problem(content: bytes) -> str | None:
    """Return the code of what is wrong with an archive: it holds too much, or something else than it declares."""
    if content.count(DIRECTORY_ENTRY) > MOST_PARTS:
        return HOLDS_TOO_MUCH
    left = LARGEST_UNPACKED
    try:
        with ZipFile(BytesIO(content)) as archive:
            for part in archive.infolist():
                left -= part.file_size
                if left < 0:
                    return HOLDS_TOO_MUCH
                if unpacked(archive, part) != part.file_size:
                    return NOT_ITS_KIND
    except UNREADABLE:
        return NOT_ITS_KIND
    return None


def unpacked(archive: ZipFile, part: ZipInfo) -> int:
    """Return how many bytes of a part come out, at most one more than it declares."""
    if part.compress_type not in (ZIP_STORED, ZIP_DEFLATED):  # office files have no others
        raise BadZipFile
    beyond = copy(part)
    beyond.file_size += 1
    with archive.open(beyond) as found:
        return sum(len(piece) for piece in iter(lambda: found.read(1024**2), b""))


def _refused(code: str, **params: str | int) -> InvalidForm:
    return InvalidForm(fields={"file": [(code, params)]})


def safe_name(typed: str) -> str:
    """Return the last part of a file's name without invisible characters, cut to a length every system takes.

    >>> safe_name("../../Báo cáo.pdf"), safe_name("C:\\\\Scans\\\\anh.jpg"), safe_name("..")
    ('Báo cáo.pdf', 'anh.jpg', '')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", typed))[-1]
    visible = "".join(char for char in last if unicodedata.category(char)[0] != "C")
    name = re.sub(r'[<>:"|?*]', "_", " ".join(visible.split())).strip(". ")
    suffix = PurePosixPath(name).suffix
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - len(suffix)] + suffix


def bears_secrecy_stamp(name: str) -> bool:
    """Tell whether a name says MẬT, TỐI MẬT or TUYỆT MẬT; "bí mật" and "bảo mật" are talk about secrets, no stamp.

    >>> [bears_secrecy_stamp(each) for each in ("MẬT - báo cáo.pdf", "TOI_MAT.pdf", "Không bí mật.pdf", "Mặt trận.pdf")]
    [True, True, False, False]
    """
    words = re.findall(r"[^\W\d_]+", name.casefold())
    for before, word, after in zip(["", *words], words, [*words[1:], ""], strict=False):
        if word == "mật" and before not in ("bí", "bảo") and after != "ong":
            return True
        if word == "mat" and before in ("toi", "tuyet"):
            return True
    return False
