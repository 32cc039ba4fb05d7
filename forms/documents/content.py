"""What stands on the sheet of a paper, part by part; the file and the preview are both made from it.

Number and date stay blank: they are written on the signed sheet, or stand in the body's own signature. All words are
Vietnamese, whatever the reader's language: this is the paper itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.messages import word

NATION = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"
PLACE = "Tuyên Quang"
DECISIONS = frozenset({"QĐ"})

# How a body signs: the head of a people's committee signs for it (TM.), any other head in his own name.
POSITIONS = {
    "TT_DV": "THỦ TRƯỞNG ĐƠN VỊ",
    "CA_LD": "GIÁM ĐỐC",
    "SNV_GD": "GIÁM ĐỐC",
    "VP_LD": "CHÁNH VĂN PHÒNG",
    "CT_UBND": "CHỦ TỊCH",
    "HD_TINH": "CHỦ TỊCH HỘI ĐỒNG",
    "HD_DV": "CHỦ TỊCH HỘI ĐỒNG",
}


@dataclass(frozen=True)
class Name:
    """One line of the list."""

    name: str
    kind: str
    award: str
    position: str = ""
    workplace: str = ""
    unit: str = ""
    note: str = ""
    result: str = ""  # code of a state, in a notice of results

    @property
    def description(self) -> str:
        """Position and place of work, for others than persons the unit that proposes them; then result and note."""
        said = ", ".join(part for part in (self.position, self.workplace or self.unit) if part)
        result = word("status", self.result) if self.result else ""
        return ". ".join(part for part in (said, ": ".join(part for part in (result, self.note) if part)) if part)


@dataclass(frozen=True)
class Content:
    """A paper, from the top of the sheet to its foot."""

    type: str  # TTr; "" for a letter
    heading: str  # TỜ TRÌNH; "" for a letter
    subject: str
    issuer: str
    superior: str
    symbol: str  # of the number, left blank before the stroke
    place: str
    authority: str  # whose decision it is; "" but for decisions
    addressee: str
    grounds: tuple[str, ...]
    body: tuple[str, ...]
    names: tuple[tuple[str, tuple[Name, ...]], ...]  # by award form, each in the paper's order
    signer: tuple[str, ...]
    recipients: tuple[str, ...]

    @property
    def numbered(self) -> list[tuple[str, list[tuple[int, Name]]]]:
        """The list with its ordinal numbers, which run through."""
        place, parts = 0, []
        for award, names in self.names:
            part = []
            for name in names:
                place += 1
                part.append((place, name))
            parts.append((award, part))
        return parts


def content_of(
    *,
    title: str,
    type: str,
    unit: str,
    superior: str | None,
    receiver: str | None,
    signer: str,
    grounds: Sequence[str],
    fields: Mapping[str, Any],
    names: Sequence[Name],
) -> Content:
    """Return what the sheet says.

    Args:
        fields: the drafting form: trich_yeu, kinh_gui, noi_dung, noi_nhan, and can_cu where it asks for grounds.
        signer: role that signs.
    """
    typed = {name: str(value) for name, value in fields.items() if isinstance(value, str)}
    issuer, above, place = _body(unit, superior)
    given_grounds = lines_of(typed.get("can_cu", "")) or tuple(f"Căn cứ {ground}" for ground in grounds)
    return Content(
        type=type,
        heading=HEADINGS.get(type, title.upper()) if type else "",
        subject=typed.get("trich_yeu", title),
        issuer=issuer.upper(),
        superior=above.upper(),
        symbol=f"{type}-…" if type else "…",
        place=place,
        authority=f"{POSITIONS.get(signer, 'THỦ TRƯỞNG')} {issuer.upper()}" if type in DECISIONS else "",
        addressee=typed.get("kinh_gui") or receiver or "",
        grounds=tuple(f"{ground.rstrip('.;')};" for ground in given_grounds[:-1])
        + tuple(f"{ground.rstrip('.;')}." for ground in given_grounds[-1:]),
        body=lines_of(typed.get("noi_dung", "")),
        names=_by_award(names),
        signer=tuple(lines_of(typed.get("quyen_han_ky", ""))) or (POSITIONS.get(signer, word("role", signer).upper()),),
        recipients=_recipients(lines_of(typed.get("noi_nhan", ""))),
    )


def _recipients(typed: tuple[str, ...]) -> tuple[str, ...]:
    """Return who gets the paper; the last line says where it is archived, unless that was typed."""
    archived = any(line.casefold().startswith("lưu") for line in typed)
    return typed if archived else (*typed, "Lưu: VT.")


def _body(unit: str, superior: str | None) -> tuple[str, str, str]:
    """Return how a body is written at the top of its papers, the body above it, and its place.

    The people's committee of a commune stands alone and at its own place.

    >>> _body("Xã Tân Trào", "Ủy ban nhân dân tỉnh")
    ('Ủy ban nhân dân xã Tân Trào', '', 'Tân Trào')
    """
    kind, _, name = unit.partition(" ")
    if kind in ("Xã", "Phường") and name:
        return f"Ủy ban nhân dân {kind.lower()} {name}", "", name
    return unit, superior or "", PLACE


HEADINGS = {
    "TTr": "TỜ TRÌNH",
    "QĐ": "QUYẾT ĐỊNH",
    "BB": "BIÊN BẢN",
    "TB": "THÔNG BÁO",
    "PTr": "PHIẾU TRÌNH",
    "BC": "BÁO CÁO",
}


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a typed text, without empty ones and leading dashes.

    >>> lines_of("- Như trên;\\n\\n- Lưu VT")
    ('Như trên;', 'Lưu VT')
    """
    return tuple(line for line in (each.strip().lstrip("-–").strip() for each in text.splitlines()) if line)


def _by_award(names: Sequence[Name]) -> tuple[tuple[str, tuple[Name, ...]], ...]:
    awards = list(dict.fromkeys(name.award for name in names))
    return tuple((word("award", award), tuple(name for name in names if name.award == award)) for award in awards)
