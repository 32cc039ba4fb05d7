"""The XML Schemas of BPMN 2.0 and DMN as a first step of every check; the files are those SpiffWorkflow brings along.

They accept much that is wrong, and other tools break them harmlessly. So what nobody could have meant otherwise (an
attribute or element that does not exist where it stands, a value that is none) is an error, for it would be lost
without a word; order, names of ids and types, and what is left out are warnings: whatever of it matters is refused by
its own name later. Nothing is fetched: the schemas are read from the package, by a parser without network and entities.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from engine.errors import Problem

_SCHEMAS = {
    "http://www.omg.org/spec/BPMN/20100524/MODEL": ("bpmn/parser/schema/BPMN20.xsd", "bpmn/parser/schema/Semantic.xsd"),
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd": ("dmn/parser/schema/DMN.xsd",) * 2,
    "https://www.omg.org/spec/DMN/20191111/MODEL/": ("dmn/parser/schema/DMN13.xsd",) * 2,
}
_XSD = "{http://www.w3.org/2001/XMLSchema}"
MOST = 100  # findings of one file

# libxml2 words its findings like this; only the names in them are used.
_NAMED = re.compile(r"Element '(?:\{[^}]*\})?([^']*)'(?:, attribute '(?:\{[^}]*\})?([^']*)')?")
_MISSING = re.compile(r"The attribute '([^']*)' is required|Expected is (?:one of )?\( ([^ ,)]+)")
# Ids, references and addresses that are spelt against the schema are looked at where they are used.
_LOOSE_TYPES = ("'xs:ID'", "'xs:IDREF'", "'xs:QName'", "'xs:anyURI'", "'xs:NCName'")

# code -> message, mend, message_en, mend_en
_SENTENCES = {
    "xsd_attribute": (
        "Chuẩn không có thuộc tính “{name}” ở phần tử “{tag}”.",
        "Sửa tên thuộc tính, hoặc xóa.",
        "The standard knows no attribute “{name}” on “{tag}”.",
        "Correct its name or remove it.",
    ),
    "xsd_value": (
        "“{value}” không phải là giá trị hợp lệ của “{name}”.",
        "Sửa giá trị này.",
        "“{value}” is no value of “{name}”.",
        "Correct the value.",
    ),
    "xsd_element": (
        "Chuẩn không cho phép phần tử “{tag}” trong “{name}”.",
        "Sửa tên phần tử, hoặc chuyển đến đúng chỗ.",
        "The standard allows no “{tag}” inside “{name}”.",
        "Correct its name or move it to where it belongs.",
    ),
    "xsd_order": (
        "Phần tử “{tag}” đứng sai thứ tự so với chuẩn.",
        "Không cần sửa để chạy; công cụ khác có thể từ chối tệp.",
        "“{tag}” stands out of the order of the standard.",
        "It runs as it is; other tools may refuse the file.",
    ),
    "xsd_incomplete": (
        "Phần tử “{tag}” thiếu “{name}” mà chuẩn yêu cầu.",
        "Bổ sung, nếu tệp còn dùng ở công cụ khác.",
        "“{tag}” lacks “{name}”, which the standard asks for.",
        "Add it if other tools use the file.",
    ),
    "xsd_spelling": (
        "“{name}” của phần tử “{tag}” không viết theo chuẩn.",
        "Không cần sửa để chạy; công cụ khác có thể từ chối tệp.",
        "“{name}” of “{tag}” is not written as the standard asks.",
        "It runs as it is; other tools may refuse the file.",
    ),
}


def check_schema(root: Any, file: str) -> list[Problem]:
    """Return what the schema of the root's namespace finds in a tree of `parse_xml`; none where there is no schema.

    Each finding has the line and the nearest id around it; at most `MOST` of them, in the order of the file.
    """
    namespace = etree.QName(root).namespace or ""
    if namespace not in _SCHEMAS:
        return []
    schema = _schema(namespace)
    if schema.validate(root):
        return []
    prefixes = {prefix: uri for element in root.iter() for prefix, uri in element.nsmap.items() if prefix}
    found: dict[Problem, None] = {}
    for entry in schema.error_log:  # type: ignore[attr-defined]
        problem = _problem(entry, _element(entry, root, prefixes), namespace, file)
        if problem is not None:
            found[problem] = None
        if len(found) == MOST:
            break
    return list(found)


def without_echoes(problems: Iterable[Problem]) -> list[Problem]:
    """Return findings in their order, without what the schema adds where an element is refused by its own name."""
    listed = sorted(set(problems))
    errors = {
        (problem.file, problem.line, problem.element)
        for problem in listed
        if problem.severity == "error" and problem.code not in _SENTENCES
    }
    echoing = _SENTENCES.keys() - {"xsd_attribute"}
    return [p for p in listed if p.code not in echoing or (p.file, p.line, p.element) not in errors]


@lru_cache
def _schema(namespace: str) -> etree.XMLSchema:
    return etree.XMLSchema(_tree(_SCHEMAS[namespace][0]))


def _tree(path: str) -> Any:
    package = find_spec("SpiffWorkflow")
    assert package is not None and package.submodule_search_locations
    folder = Path(next(iter(package.submodule_search_locations)))
    return etree.parse(str(folder / path), etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False))


def _problem(entry: Any, element: Any, namespace: str, file: str) -> Problem | None:
    named = _NAMED.match(entry.message)
    if element is None or named is None or _is_foreign(element, namespace):
        return None  # What other tools put into extensions is theirs.
    tag, attribute = named[1], named[2] or ""
    kind = entry.type_name.removeprefix("SCHEMAV_")
    if kind == "CVC_COMPLEX_TYPE_3_2_2":
        return _finding("xsd_attribute", "error", element, file, tag=tag, name=attribute)
    if kind == "ELEMENT_CONTENT" and "is not expected" in entry.message and element.getparent() is not None:
        parent = etree.QName(element.getparent()).localname
        if _may_hold(namespace, parent, tag):
            return _finding("xsd_order", "warning", element, file, tag=tag)
        return _finding("xsd_element", "error", element, file, tag=tag, name=parent)
    if kind in ("ELEMENT_CONTENT", "CVC_COMPLEX_TYPE_4"):
        missing = _MISSING.search(entry.message)
        return _finding("xsd_incomplete", "warning", element, file, tag=tag, name=_last(missing))
    value = element.get(attribute, "") if attribute else (element.text or "").strip()
    plain = kind.startswith(("CVC_DATATYPE", "CVC_ENUMERATION")) and not any(t in entry.message for t in _LOOSE_TYPES)
    if plain:
        return _finding("xsd_value", "error", element, file, name=attribute or tag, value=value[:60])
    return _finding("xsd_spelling", "warning", element, file, tag=tag, name=attribute or tag)


def _last(found: re.Match[str] | None) -> str:
    name = next(filter(None, found.groups()), "") if found else ""
    return name.rpartition("}")[2]


def _element(entry: Any, root: Any, prefixes: dict[str, str]) -> Any:
    """Return the element a finding is about, from the path libxml2 gives; None if it leads nowhere."""
    try:
        found = root.getroottree().xpath(entry.path, namespaces=prefixes)
    except etree.XPathError:
        return None
    return found[0] if found else None


def _is_foreign(element: Any, namespace: str) -> bool:
    """Whether an element is of another namespace or stands inside one that is, or inside the layout."""
    return any(etree.QName(item).namespace != namespace for item in (element, *element.iterancestors()))


def _finding(code: str, severity: Literal["error", "warning"], element: Any, file: str, **params: str) -> Problem:
    around = (element, *element.iterancestors())
    named = next((str(item.get("id")) for item in around if item.get("id")), "")
    message, mend, message_en, mend_en = (sentence.format(**params) for sentence in _SENTENCES[code])
    return Problem(file, element.sourceline or 0, named[:255], code, severity, message, mend, message_en, mend_en)


# --- what an element may hold, whatever the order ----------------------------------------------------------------


def _may_hold(namespace: str, parent: str, child: str) -> bool:
    elements, heads, types = _contents(namespace)
    names = {child}
    while child in heads:
        child = heads[child]
        names.add(child)
    kind: str | None = elements.get(parent)
    while kind in types:
        kind, allowed = types[kind]
        if names & allowed:
            return True
    return False


@lru_cache
def _contents(namespace: str) -> tuple[dict[str, str], dict[str, str], dict[str, tuple[str | None, set[str]]]]:
    """Return the type of each element, the head of its substitution group, and base and children of each type."""
    schema = _tree(_SCHEMAS[namespace][1]).getroot()
    elements: dict[str, str] = {}
    heads: dict[str, str] = {}
    for element in schema.iter(_XSD + "element"):
        if name := element.get("name"):
            elements.setdefault(name, _local(element.get("type")))
            if head := element.get("substitutionGroup"):
                heads[name] = _local(head)
    types: dict[str, tuple[str | None, set[str]]] = {}
    for kind in schema.iter(_XSD + "complexType"):
        extension = kind.find(f".//{_XSD}extension")
        base = _local(extension.get("base")) if extension is not None else None
        inside = {_local(part.get("ref") or part.get("name")) for part in kind.iter(_XSD + "element")}
        types[kind.get("name") or ""] = (base, inside)
    return elements, heads, types


def _local(name: Any) -> str:
    return str(name or "").rpartition(":")[2]
