"""Papers as files: one plain .docx for every kind, laid out as NĐ 30/2020/NĐ-CP, Phụ lục I asks (DOMAIN §9.1).

`content` says what a paper says, in the order it stands on the sheet; `docx` writes that down. The page that previews
a paper shows the same content.
"""
