"""docs/CODES.md: every code a check, a walk or a decision may give; `python -m tests.hostile.codes` writes it."""

from __future__ import annotations

from pathlib import Path

from engine.process import expressions, findings, schema, standard, xml
from engine.process.decisions import findings as decisions
from forms import problems

PAGE = Path(__file__).parents[2] / "docs" / "CODES.md"
SOURCES = {
    "The file and its XML": xml._SENTENCES,
    "The schemas of the standard": schema._SENTENCES,
    "Rules of the standard beside its schemas": standard._SENTENCES,
    "Diagrams and releases": findings._SENTENCES,
    "Conditions (CEL)": expressions._SENTENCES,
    "Decision tables (DMN, S-FEEL)": decisions._SENTENCES,
    "Forms": problems.TEXTS,
}
HEADER = """# Codes

What `khenthuong check`, `walk`, `decide` and the upload may find. A code is stable; the sentence before it may be made
better. Names and values of the file stand where braces are. `python -m tests.hostile.codes` writes this page.

"""


def page() -> str:
    """Return docs/CODES.md."""
    parts = [HEADER]
    for title, sentences in SOURCES.items():
        parts.append(f"## {title}\n\n| code | says | |\n|---|---|---|\n")
        for code, (message, _, message_en, mend_en) in sorted(sentences.items()):
            parts.append(f"| `{code}` | {message_en} {mend_en} | {message} |\n")
        parts.append("\n")
    return "".join(parts).rstrip("\n") + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
