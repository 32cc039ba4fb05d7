"""The macros of _form.html print a form so that everyone can use it, with and without JavaScript."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from lxml import html

import web
import workflows
from forms.compiler import InvalidValues, compile_form
from forms.view import form_view

KNOWN = ["cong_chuc_vien_chuc", "doanh_nhan", "nguoi_dan", "tap_the_xa"]
FILES = sorted((Path(workflows.__file__).parent / "forms").glob("*.json"))


def render(form, values=None, errors=None, known=None):
    env = Environment(
        loader=FileSystemLoader(Path(web.__file__).parent / "templates"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
    )
    page = env.from_string(
        '{% from "_form.html" import form_summary, form_fields %}{{ form_summary(f) }}{{ form_fields(f) }}'
    )
    return html.fragment_fromstring(page.render(f=form_view(form, values, errors, known)), create_parent="form")


def refusals(form, values, known):
    with pytest.raises(InvalidValues) as error:
        form.load(values, known=known, today=date(2026, 11, 23))
    return {name: [(each.code, each.params) for each in found] for name, found in error.value.fields.items()}


def every_page():
    for file in FILES:
        form = compile_form(json.loads(file.read_text("utf-8")))
        for doi_tuong in KNOWN if file.stem == "self_assessment" else KNOWN[:1]:
            known = {"nominated.doi_tuong": doi_tuong}
            for values in ({}, {each.name: "<b>sai</b>" for each in form.asked_in_order}):
                yield pytest.param(form, values, known, id=f"{file.stem}-{doi_tuong}-{'typed' if values else 'empty'}")


PAGES = list(every_page())


@pytest.mark.parametrize(("form", "values", "known"), PAGES)
def test_every_control_has_a_name_a_label_and_descriptions_that_exist(form, values, known):
    page = render(form, values, refusals(form, values, known), known)

    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    for control in page.xpath("//input | //select | //textarea"):
        assert control.get("name")
        assert control.get("autocomplete") == "off" or control.get("type") == "radio"
        assert page.xpath(f"//label[@for='{control.get('id')}']") or control.getparent().tag == "label"
    for described in page.xpath("//@aria-describedby"):
        assert set(described.split()) <= set(ids)
    for group in page.xpath("//fieldset"):
        assert group[0].tag == "legend"
        assert len({radio.get("name") for radio in group.xpath(".//input")}) == 1


@pytest.mark.parametrize(("form", "values", "known"), PAGES)
def test_every_error_is_linked_from_the_summary_and_stands_at_its_field(form, values, known):
    errors = refusals(form, values, known)
    page = render(form, values, errors, known)

    [summary] = page.xpath("//div[@role='alert' and @tabindex='-1' and contains(@class, 'error-summary')]")
    targets = [link.get("href")[1:] for link in summary.xpath(".//a")]
    assert len(targets) == len(errors)
    assert set(targets) <= set(page.xpath("//@id"))
    assert len(page.xpath("//*[@aria-invalid='true']")) == len(errors)
    assert len(page.xpath("//p[@class='error-text']/*[name()='svg' and @aria-hidden='true']")) == len(errors)


@pytest.mark.parametrize(("form", "values", "known"), PAGES)
def test_what_was_typed_is_text_and_there_is_neither_style_nor_script(form, values, known):
    page = render(form, values, None, known)

    assert not page.xpath("//b | //script | //style | //@style | //@*[starts-with(name(), 'on')]")
    for control in page.xpath("//input[@type='text'] | //textarea") if values else []:
        assert (control.text if control.tag == "textarea" else control.get("value")).strip() == "<b>sai</b>"


def a_form(**field):
    return compile_form({"key": "mau", "title": "Mẫu", "fields": [{"name": "x", "label": "X"} | field]})


def test_a_form_without_errors_has_no_summary():
    assert not render(a_form(type="text")).xpath("//*[@role='alert']")


def test_a_required_field_says_so_in_words():
    page = render(a_form(type="text", required=True))
    assert page.xpath("string(//label)").split() == ["X", "*", "(bắt", "buộc)"]
    assert page.xpath("//label/span[@aria-hidden='true']/text()") == ["*"]


def test_several_lines_come_back_with_their_first_empty_line():
    assert render(a_form(type="longtext"), {"x": "\n\nBáo cáo"}).xpath("//textarea")[0].text.endswith("\n\nBáo cáo")


def test_a_criterion_is_four_large_boxes_and_a_fifth_while_it_may_stay_open():
    page = render(a_form(type="criterion", required=True), {"x": "THIEU_MINH_CHUNG"})
    assert page.xpath("//input[@checked]/@value") == ["THIEU_MINH_CHUNG"]
    assert [each.text_content() for each in page.xpath("//label[@class='choice']")] == [
        "Đạt",
        "Không đạt",
        "Thiếu minh chứng",
        "Không áp dụng",
    ]


def test_figures_bring_up_the_right_keyboard():
    assert render(a_form(type="percent")).xpath("//input/@inputmode") == ["decimal"]
    assert render(a_form(type="count")).xpath("//input/@inputmode") == ["numeric"]
    assert render(a_form(type="citizen_id")).xpath("//input/@inputmode") == ["numeric"]
    assert render(a_form(type="percent")).xpath("//span[@class='unit']/text()") == ["%"]


def test_a_field_for_one_outcome_is_marked_for_the_script_and_explained_without_it():
    form = compile_form(json.loads(next(file for file in FILES if file.stem == "head_decision").read_text("utf-8")))
    page = render(form)
    [box] = page.xpath("//div[@data-when='outcome' and @data-when-values='khong_dong_y']")
    assert box.xpath(".//noscript//p/text()") == ["Chỉ trả lời khi mục “Kết luận” là “Không đồng ý”."]
    assert page.xpath("//label[contains(@class, 'choice-danger')]/input/@value") == ["khong_dong_y"]


def test_several_choices_are_boxes_that_stay_ticked():
    choices = [{"value": "ca_nhan", "label": "Cá nhân"}, {"value": "tap_the", "label": "Tập thể"}]
    field = {"name": "doi_tuong", "type": "several", "label": "Đối tượng", "required": True, "choices": choices}
    form = compile_form({"key": "mau", "title": "Mẫu", "fields": [field]})

    ticked = render(form, {"doi_tuong": ["tap_the"]}).xpath("//input[@type='checkbox'][@checked]/@value")
    [target] = render(form, {}, refusals(form, {}, {})).xpath("//*[@role='alert']//a/@href")

    assert ticked == ["tap_the"]
    assert target == "#f-doi_tuong-0"
