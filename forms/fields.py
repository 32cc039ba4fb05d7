"""The types a field may have: how each is typed, kept, limited and shown.

Every type turns what was typed (text from a page, a JSON value from the API) into one JSON scalar, or refuses it
with a message code. Nothing here raises anything but `Refused`, whatever comes in. Refusals never carry what was
typed: it may be personal, and it may be too long to say.

Kept values: text as NFC without invisible characters; dates as ISO text; percentages as integer hundredths;
an empty answer as None. `show` gives the text to put back into an input, so that parse(show(value)) == value.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, ClassVar

from forms.spec import FieldSpec, Scalar

TODAY = "today"
_YEARS_AGO = re.compile(r"today-([0-9]{1,3})y")
YES, NO = "co", "khong"
CRITERION_RESULTS = ("DAT", "KHONG_DAT", "THIEU_MINH_CHUNG", "KHONG_AP_DUNG")

TEXT_MAX, LONGTEXT_MAX = 300, 5_000
COUNT_MAX = 1_000_000_000
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2100, 12, 31)


@dataclass(frozen=True)
class Refusal:
    """Why a value was refused: a code of `forms.messages` and what fills its sentence."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


class Refused(Exception):
    """A value was refused."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.refusal = Refusal(code, params)


def clean_text(raw: Any, *, max_length: int = TEXT_MAX, lines: bool = False) -> str:
    """Return typed text as it is kept: NFC, trimmed, without invisible format characters.

    Zero-width and bidirectional controls are dropped, since they can make a name read otherwise than it is.
    Control characters and halves of surrogate pairs are refused: no database keeps them all.
    """
    if not isinstance(raw, str):
        raise Refused("not_text")
    if len(raw) > 4 * max_length + 100:
        raise Refused("too_long", max=max_length)
    if raw.isprintable() and unicodedata.is_normalized("NFC", raw):  # nearly always: nothing to drop, one line
        return raw.strip() if lines or "  " not in raw else re.sub(" +", " ", raw).strip()
    text = re.sub(r"\r\n?|\u2028|\u2029", "\n", raw)
    if not lines:
        text = text.replace("\n", " ")
    kept = []
    for char in text:
        category = unicodedata.category(char)
        if category in ("Cc", "Cs") and char not in "\n\t":
            raise Refused("control_character")
        if category != "Cf":
            kept.append(" " if category == "Zs" or char == "\t" else char)
    text = unicodedata.normalize("NFC", "".join(kept))
    if lines:
        return "\n".join(line.rstrip() for line in text.split("\n")).strip()
    return re.sub(" +", " ", text).strip()


class FieldType:
    """One type. `variable` is the type a condition reads it as; None: it may not be a variable."""

    name: ClassVar[str]
    variable: ClassVar[str | None] = None

    def parse(self, spec: FieldSpec, raw: Any) -> Scalar | None:
        """Return the value to keep, None for an empty answer; raises Refused."""
        text = clean_text(raw)
        return self.read(spec, text) if text else None

    def read(self, spec: FieldSpec, text: str) -> Scalar:
        """Return the value of non-empty, cleaned text; raises Refused."""
        raise NotImplementedError

    def limit(self, raw: Any) -> Any:
        """Return `min` or `max` of a definition in the unit of kept values; raises Refused for a wrong one."""
        raise Refused("limit_not_possible")

    def check(self, spec: FieldSpec, value: Any, today: date) -> Refusal | None:
        """Return why a kept value is outside the limits of its field, None when it is inside."""
        return None

    def show(self, spec: FieldSpec, value: Any) -> str:
        """Return the text to put into an input; text that was typed and refused comes back as it is."""
        return value if isinstance(value, str) else ""

    def values(self, spec: FieldSpec) -> tuple[Scalar, ...]:
        """Return the only values there are; empty where the type has no such list."""
        return ()

    def type_in_conditions(self, spec: FieldSpec) -> str | None:
        return self.variable


class Text(FieldType):
    """One line."""

    name = "text"
    longest = TEXT_MAX

    def parse(self, spec: FieldSpec, raw: Any) -> Scalar | None:
        return clean_text(raw, max_length=spec.max or self.longest) or None

    def limit(self, raw: Any) -> int:
        if type(raw) is not int or not 1 <= raw <= 100_000:
            raise Refused("limit_not_length")
        return raw

    def check(self, spec: FieldSpec, value: str, today: date) -> Refusal | None:
        longest = spec.max or self.longest
        if len(value) > longest:
            return Refusal("too_long", {"max": longest})
        if spec.min and len(value) < spec.min:
            return Refusal("too_short", {"min": spec.min})
        return None


class Longtext(Text):
    """Several lines."""

    name = "longtext"
    longest = LONGTEXT_MAX

    def parse(self, spec: FieldSpec, raw: Any) -> Scalar | None:
        return clean_text(raw, max_length=spec.max or self.longest, lines=True) or None


class CitizenId(FieldType):
    """Số định danh cá nhân: 12 digits, spaces allowed in typing (DOMAIN §4.3).

    The first three are the province of birth registration, or from 100 on a country; the fourth is 0 to 3 for who was
    born in the 20th or 21st century; chưa kiểm chứng, so no more than that is refused.
    """

    name = "citizen_id"
    # The 63 provinces of before July 2025: numbers given then stay as they are.
    _provinces = (
        "001 002 004 006 008 010 011 012 014 015 017 019 020 022 024 025 026 027 030 031 033 034 035 036 037 038 040 "
        "042 044 045 046 048 049 051 052 054 056 058 060 062 064 066 067 068 070 072 074 075 077 079 080 082 083 084 "
        "086 087 089 091 092 093 094 095 096"
    )

    def read(self, spec: FieldSpec, text: str) -> str:
        digits = text.replace(" ", "")
        if not re.fullmatch(r"[0-9]{12}", digits):
            raise Refused("citizen_id_format")
        if (digits[0] == "0" and digits[:3] not in self._provinces.split()) or digits[3] > "3":
            raise Refused("citizen_id_unreal")
        return digits


def _day(limit: str | None, today: date) -> date | None:
    if not limit or limit == TODAY:
        return today if limit else None
    if ago := _YEARS_AGO.fullmatch(limit):
        return date(today.year - int(ago[1]), today.month, min(today.day, 28))
    return date.fromisoformat(limit)


class Date(FieldType):
    """A calendar day: typed dd/mm/yyyy (also with dots or hyphens) or ISO; kept as ISO."""

    name = "date"
    variable = "DATE"

    def read(self, spec: FieldSpec, text: str) -> str:
        if typed := re.fullmatch(r"([0-9]{1,2}) ?[/.-] ?([0-9]{1,2}) ?[/.-] ?([0-9]{4})", text):
            day, month, year = map(int, typed.groups())
        elif iso := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
            year, month, day = map(int, iso.groups())
        else:
            raise Refused("date_format")
        try:
            return date(year, month, day).isoformat()
        except ValueError:
            raise Refused("date_not_real") from None

    def limit(self, raw: Any) -> str:
        if isinstance(raw, str) and (raw == TODAY or _YEARS_AGO.fullmatch(raw)):
            return raw
        try:
            return date.fromisoformat(raw).isoformat()
        except (TypeError, ValueError):
            raise Refused("limit_not_date") from None

    def check(self, spec: FieldSpec, value: str, today: date) -> Refusal | None:
        day = date.fromisoformat(value)
        earliest, latest = _day(spec.min, today) or FIRST_DAY, _day(spec.max, today) or LAST_DAY
        if day < earliest:
            return Refusal("date_past") if spec.min == TODAY else Refusal("date_too_early", {"min": earliest})
        if day > latest:
            return Refusal("date_future") if spec.max == TODAY else Refusal("date_too_late", {"max": latest})
        return None

    def show(self, spec: FieldSpec, value: Any) -> str:
        text = super().show(spec, value)
        if iso := re.fullmatch(r"([0-9]{4})-([0-9]{2})-([0-9]{2})", text):
            return "/".join(reversed(iso.groups()))
        return text


class Count(FieldType):
    """A whole number from 0: typed 1234 or 1.234; in JSON also a number."""

    name = "count"
    variable = "INT"

    def parse(self, spec: FieldSpec, raw: Any) -> Scalar | None:
        if type(raw) is int:
            if raw < 0:
                raise Refused("count_format")
            return raw
        if not isinstance(raw, str):
            raise Refused("not_number")
        return super().parse(spec, raw)

    def read(self, spec: FieldSpec, text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,18}|[0-9]{1,3}([. ][0-9]{3}){1,5}", text):
            raise Refused("count_format")
        return int(re.sub(r"[. ]", "", text))

    def limit(self, raw: Any) -> int:
        if type(raw) is not int or not 0 <= raw <= 10**15:
            raise Refused("limit_not_count")
        return raw

    def check(self, spec: FieldSpec, value: int, today: date) -> Refusal | None:
        smallest, largest = spec.min or 0, COUNT_MAX if spec.max is None else spec.max
        if value < smallest:
            return Refusal("number_too_small", {"min": smallest})
        if value > largest:
            return Refusal("number_too_large", {"max": largest})
        return None

    def show(self, spec: FieldSpec, value: Any) -> str:
        return thousands(value) if type(value) is int else super().show(spec, value)


class Percent(FieldType):
    """A percentage with at most two decimals: typed 24,5 or 24.5%; kept as integer hundredths (24,5 -> 2450).

    In JSON it is the same text or a number of per cent: 24.5, never hundredths.
    """

    name = "percent"
    variable = "PERCENT"

    def parse(self, spec: FieldSpec, raw: Any) -> Scalar | None:
        if isinstance(raw, bool) or not isinstance(raw, (int, float, str)):
            raise Refused("not_number")
        if isinstance(raw, str):
            return super().parse(spec, raw)
        if not 0 <= raw <= 1_000_000:  # NaN and infinity are outside too
            raise Refused("percent_format")
        return self._hundredths(Decimal(str(raw)))

    def read(self, spec: FieldSpec, text: str) -> int:
        typed = re.fullmatch(r"([0-9]{1,6})([.,][0-9]{1,20})? ?%?", text)
        if not typed:
            raise Refused("percent_format")
        return self._hundredths(Decimal(typed[1] + (typed[2] or "").replace(",", ".")))

    @staticmethod
    def _hundredths(per_cent: Decimal) -> int:
        hundredths = per_cent * 100
        if hundredths != int(hundredths):
            raise Refused("percent_decimals")
        return int(hundredths)

    def limit(self, raw: Any) -> int:
        try:
            hundredths = self.parse(FieldSpec("", self.name, ""), raw)
        except Refused:
            hundredths = None
        if not isinstance(hundredths, int):
            raise Refused("limit_not_percent")
        return hundredths

    def check(self, spec: FieldSpec, value: int, today: date) -> Refusal | None:
        smallest, largest = spec.min or 0, 100_00 if spec.max is None else spec.max
        if value < smallest:
            return Refusal("percent_too_small", {"min": self.show(spec, smallest)})
        if value > largest:
            return Refusal("percent_too_large", {"max": self.show(spec, largest)})
        return None

    def show(self, spec: FieldSpec, value: Any) -> str:
        if type(value) is not int:
            return super().show(spec, value)
        whole, rest = divmod(value, 100)
        return f"{whole},{rest:02d}".rstrip("0") if rest else str(whole)


class Bool(FieldType):
    """Yes or no, both said: typed `co` or `khong`; in JSON true or false."""

    name = "bool"
    variable = "BOOL"

    def parse(self, spec: FieldSpec, raw: Any) -> Scalar | None:
        return raw if isinstance(raw, bool) else super().parse(spec, raw)

    def read(self, spec: FieldSpec, text: str) -> bool:
        if text not in (YES, NO):
            raise Refused("choice_unknown")
        return text == YES

    def show(self, spec: FieldSpec, value: Any) -> str:
        return (YES if value else NO) if isinstance(value, bool) else super().show(spec, value)


class OneOf(FieldType):
    """One of the choices of its definition. Choices that are whole numbers make a number."""

    name = "choice"
    variable: ClassVar[str | None] = "STRING"

    def parse(self, spec: FieldSpec, raw: Any) -> Scalar | None:
        for value in self.values(spec):
            if type(raw) is type(value) and raw == value:
                return value
        return super().parse(spec, raw)

    def read(self, spec: FieldSpec, text: str) -> Scalar:
        for value in self.values(spec):
            if str(value) == text:
                return value
        raise Refused("choice_unknown")

    def values(self, spec: FieldSpec) -> tuple[Scalar, ...]:
        return tuple(choice.value for choice in spec.choices)

    def show(self, spec: FieldSpec, value: Any) -> str:
        return str(value) if type(value) is int else super().show(spec, value)

    def type_in_conditions(self, spec: FieldSpec) -> str | None:
        return "INT" if all(type(value) is int for value in self.values(spec)) else "STRING"


class SeveralOf(OneOf):
    """Any of the choices of its definition, at least one where it is required.

    Typed as ticked boxes, in JSON a list; kept as codes in the order of the choices, separated by blanks, so that a
    kept value is one text like any other.
    """

    name = "several"
    variable = None

    def parse(self, spec: FieldSpec, raw: Any) -> Scalar | None:
        ticked = clean_text(raw).split() if isinstance(raw, str) else raw
        if not isinstance(ticked, list):
            raise Refused("not_text")
        values = [str(value) for value in self.values(spec)]
        if any(not isinstance(each, str) or each not in values for each in ticked):
            raise Refused("choice_unknown")
        return " ".join(value for value in values if value in ticked) or None

    def show(self, spec: FieldSpec, value: Any) -> str:
        return " ".join(map(str, value)) if isinstance(value, list) else super().show(spec, value)

    def type_in_conditions(self, spec: FieldSpec) -> str | None:
        return None


class Criterion(OneOf):
    """The result of one criterion, as judged by a person (DOMAIN §5)."""

    name = "criterion"

    def values(self, spec: FieldSpec) -> tuple[Scalar, ...]:
        return CRITERION_RESULTS

    def type_in_conditions(self, spec: FieldSpec) -> str | None:
        return "STRING"


class DocumentNumber(FieldType):
    """Number and symbol of a paper, `15/QĐ-UBND` or `98/2023/NĐ-CP`: below 10 written 01 (DOMAIN §9.1)."""

    name = "document_number"
    _letters = r"[0-9A-Za-zĐđÀ-ỹ]+"
    _shape = re.compile(rf"([0-9]{{1,6}})([a-zA-Z]?)/((?:(?:19|20)[0-9]{{2}}/)?{_letters}(?:[-.]{_letters}){{0,5}})")

    def read(self, spec: FieldSpec, text: str) -> str:
        text = re.sub(r"^số ?[:.]? ?", "", text, flags=re.IGNORECASE)
        text = re.sub(r" ?([/-]) ?", r"\1", re.sub("[–—]", "-", text))
        typed = self._shape.fullmatch(text)
        if not typed or not int(typed[1]) or len(text) > 60:
            raise Refused("document_number_format")
        return f"{int(typed[1]):02d}{typed[2]}/{typed[3]}"


def thousands(number: int) -> str:
    """Return a whole number as the office writes it: 1234567 -> 1.234.567."""
    return f"{number:,}".replace(",", ".")


TYPES: dict[str, FieldType] = {
    each.name: each
    for each in (
        Text(),
        Longtext(),
        CitizenId(),
        Date(),
        Count(),
        Percent(),
        Bool(),
        OneOf(),
        SeveralOf(),
        Criterion(),
        DocumentNumber(),
    )
}
