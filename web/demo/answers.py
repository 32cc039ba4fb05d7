"""What the people of the demo write into forms: what an act says itself, and for the rest what is usual.

The forms are read as they ship, so that a field that is added to one is answered here as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from web.office import RELEASE

# A yes to these would be out of the usual.
MOSTLY_NO = ("khong_ap_dung_", "la_", "thu_tuc_", "trung_lap", "co_y_kien_trai", "dien_quan_ly", "phan_anh_")
COUNTS = {"so_dvc_bca_100_truc_tuyen": "11", "so_dvc_bn_dat_50": "14", "so_sang_kien_de_an_06": "2"}
CHOICES = {"vneid_muc": "2", "cach_gui": "truc_lien_thong", "hinh_thuc_thong_bao": "truc_tiep"}
DATES = {"ngay_bat_dau_so_hoa": "15/11/2022"}
SENTENCES = {
    "bao_cao_thanh_tich": (
        "Đơn vị có 14 thôn, 1.860 hộ dân. Từ năm 2023 đã tổ chức 14 buổi hướng dẫn tại nhà văn hóa thôn, hỗ trợ "
        "1.240 người dân kích hoạt tài khoản định danh điện tử, hoàn thành trước kế hoạch 20 ngày."
    ),
    "noi_dung": "Kết quả bình xét, xét duyệt đối với các trường hợp sau đây, kèm theo hồ sơ của các đơn vị.",
    "noi_nhan": "Như trên\nLưu: VT",
    "giai_trinh": "Số liệu đã được đối chiếu với báo cáo của đơn vị; nội dung hồ sơ giữ nguyên.",
    "noi_dung_bo_sung": "Bổ sung quyết định công nhận sáng kiến và số liệu so với kế hoạch năm.",
    "noi_dung_lam_ro": "Làm rõ kết quả so với kế hoạch năm 2024 và vai trò của người được đề nghị.",
    "noi_dung_sua": "Nêu rõ số lượng tập thể, cá nhân ở phần trích yếu.",
    "thanh_tich_tom_tat": "Hướng dẫn 1.240 người dân kích hoạt tài khoản định danh điện tử, vượt kế hoạch năm.",
    "tong_hop": "Các cơ quan được hỏi đều nhất trí; không có ý kiến khác về trường hợp này.",
    "ly_do": "Thành tích chưa nổi trội so với tiêu chuẩn của phong trào; đề nghị tiếp tục phấn đấu.",
    "trich_yeu": "Về việc khen thưởng tổng kết phong trào thi đua thực hiện Đề án 06 giai đoạn 2022 - 2025",
}
USUAL = "Nội dung đầy đủ, phù hợp với hồ sơ gửi kèm."


@cache
def form(key: str) -> dict[str, Any]:
    """Return the definition of a form of the release that ships."""
    return dict(json.loads((RELEASE / "forms" / f"{key}.json").read_text("utf-8")))


def typed(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def fill(key: str, today: date, known: Mapping[str, Any] | None = None, **given: str) -> dict[str, str]:
    """Return a form filled in, as texts.

    Args:
        key: of the form; today: goes into dates that nobody said.
        known: variables of earlier steps, for fields that hang on them.
        given: what this act says itself, `outcome` included.
    """
    answers = {"outcome": given["outcome"]} if "outcome" in given else {}
    values: dict[str, Any] = {**(known or {}), **answers}
    for field in form(key)["fields"]:
        name = field["name"]
        if not _asked(field, values):
            continue
        text = given.get(name) or _usual(field, today)
        if text:
            answers[name] = text
            values[name] = {"co": True, "khong": False}.get(text, text) if field["type"] == "bool" else text
    return answers


def _asked(field: Mapping[str, Any], values: Mapping[str, Any]) -> bool:
    when = field.get("when")
    return when is None or values.get(when["field"]) in when["in"]


def _usual(field: Mapping[str, Any], today: date) -> str:
    name, kind = field["name"], field["type"]
    if kind == "bool":
        return "khong" if name.startswith(MOSTLY_NO) else "co"
    if kind == "choice":
        values = [str(choice["value"]) for choice in field["choices"]]
        return CHOICES.get(name) or ("khong" if "khong" in values else values[0])
    if kind == "date":
        return DATES.get(name) or typed(today)
    if kind in ("text", "longtext"):
        return SENTENCES.get(name) or (USUAL if field.get("required") else "")
    return {"count": COUNTS.get(name, "0"), "percent": "100"}.get(kind, "")
