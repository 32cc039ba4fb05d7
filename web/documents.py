"""`engine.ports.Renderer` over `forms.documents`: forms and engine are strangers, so web translates between them."""

from __future__ import annotations

from engine.ports import PaperText
from forms.documents import docx
from forms.documents.content import Content, Name, content_of


class Documents:
    """What an Engine is given to write the files of papers."""

    media_type = docx.MEDIA_TYPE
    suffix = "docx"

    def render(self, text: PaperText) -> bytes:
        return docx.write(content(text))


def content(text: PaperText) -> Content:
    """Return what stands on the sheet, for the file and for its preview on a page."""
    return content_of(
        title=text.title,
        type=text.type,
        unit=text.unit,
        superior=text.superior,
        receiver=text.receiver,
        signer=text.signer,
        grounds=text.grounds,
        fields=text.fields,
        names=[
            Name(n.name, n.kind, n.award, n.position, n.workplace, n.unit, note=n.note, result=n.result)
            for n in text.names
        ],
    )
