"""Scenarios of DOMAIN §10 at the State level, by the JSON API of the release that ships, on both databases."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.commands import OpenSession, RecordSession
from engine.errors import InvalidForm
from engine.office.session_views import SessionView
from engine.store.database import Database
from tests.builders import new_id
from tests.province import CONCLUSION, OF_COMMUNE, Province, Refused

APPRAISER, SECRETARY = ("SNV_CV", "SNV"), ("TK_HD", "SNV")
PEOPLE_OF_COMMUNE = "Nhân dân và cán bộ xã Tân Trào"
ANSWER = {"outcome": "dong_y", "so_van_ban": "1520/QĐ-TTg", "ngay_van_ban": "01/10/2025"}
COMMENT = {
    "outcome": "gop_y",
    "ngay_nhan": "20/08/2025",
    "ho_ten": "Nguyễn Văn Đáng",
    "dia_chi": "Thôn Tân Lập, xã Tân Trào",
    "dien_thoai": "0912 345 678",
    "noi_dung": "Tôi đồng tình với việc đề nghị tặng thưởng tập thể này.",
}
ALLEGES = {"outcome": "tam_dung", "noi_dung": "Số liệu số hóa trong báo cáo cao hơn thực tế."}
SUMMED = {"so_y_kien": "1", "so_phan_anh": "0", "tong_hop": "Đã nhận một ý kiến đồng tình, không có phản ánh."}


def recorded(province: Province, message: str, *items: tuple[str, dict[str, Any]], **more: Any) -> dict[str, Any]:
    lines = [{"nomination": code, "form": form} for code, form in items]
    return province.send(APPRAISER, "/messages", message=message, items=lines, **more)


def two_for_the_prime_minister(province: Province) -> list[str]:
    """Return two people proposed to the Prime Minister, both answered by nobody yet."""
    first = province.propose_for("BK_TTG", "Ma Văn Tuấn")
    second = province.propose_for("BK_TTG", "Trần Thị Nụ", so_dinh_danh="008190001235", dossier=first.split("/")[0])
    codes = [first, second]
    province.to_council(codes)
    province.approved(codes)
    province.paper("to_trinh_ttg", codes)
    return codes


def order_to_publication(province: Province, day: str) -> str:
    """Return a commune proposed for an order in a movement of the Prime Minister, its notice issued on a day."""
    round = province.open_national_round()
    code = province.propose_for("HCLD_3", PEOPLE_OF_COMMUNE, doi_tuong="tap_the_xa", round=round)
    province.to_appraisal([code], **OF_COMMUNE)
    province.appraised([code])
    province.at(day)
    province.paper("cong_khai", [code])
    return code


def test_the_answer_of_the_centre_is_entered_for_many_names_and_made_known(database: Database) -> None:
    province = Province(database)
    agreed, other = two_for_the_prime_minister(province)
    [waits] = province.ask(APPRAISER, "/messages")["items"]
    assert (waits["message"], waits["form"]) == ("central_answer", "central_answer")
    assert [row["nomination"] for row in waits["nominations"]] == [agreed, other]
    assert province.ask(SECRETARY, "/messages")["items"] == []

    lower = {"outcome": "hinh_thuc_khac", "hinh_thuc_moi": "BK_TINH", "ly_do": "Chưa đủ tiêu chuẩn của Thủ tướng."}
    body = {"command_id": new_id()}
    first = recorded(province, "central_answer", (agreed, ANSWER), (other, ANSWER | lower), **body)
    assert recorded(province, "central_answer", (agreed, ANSWER), (other, ANSWER | lower), **body) == first

    assert (province.status(agreed), province.status(other)) == ("DUOC_KHEN", "HA_HINH_THUC")
    province.paper("thong_bao_ket_qua", [agreed])
    assert province.nomination(agreed)["ended_at"]
    # The lower form: the unit consents, criteria and routing run again; code and dossier stay.
    province.do(("TT_DV", "X2545"), other, "lower_form_consent", outcome="dong_y")
    assert (province.nomination(other)["award"], province.nomination(other)["code"]) == ("BK_TINH", other)
    province.appraised([other])
    province.approved([other])
    decision = province.paper("quyet_dinh", [other])
    assert province.ask(("VP_CV", "VP"), f"/papers/{decision}")["award"] == "BK_TINH"
    province.paper("thong_bao_ket_qua", [other])
    assert province.status(other) == "DUOC_KHEN"
    province.check_proof()


def test_an_answer_is_entered_for_all_names_or_for_none_and_only_where_it_is_awaited(database: Database) -> None:
    province = Province(database)
    one, two = two_for_the_prime_minister(province)
    with pytest.raises(Refused) as refused:
        recorded(province, "central_answer", (one, ANSWER), (two, ANSWER | {"ngay_van_ban": ""}))
    assert [row["ok"] for row in refused.value.body["rows"]] == [True, False]
    assert province.status(one) == "DU_DK"
    with pytest.raises(Refused):
        province.send(SECRETARY, "/messages", message="central_answer", items=[{"nomination": one, "form": ANSWER}])
    recorded(province, "central_answer", (one, ANSWER))
    with pytest.raises(Refused) as refused:
        recorded(province, "central_answer", (one, ANSWER))
    assert refused.value.body["rows"][0]["code"] == "message_not_awaited"


def test_t6_an_order_published_on_20_august_comes_to_the_council_after_4_september_alone(database: Database) -> None:
    province = Province(database, datetime(2025, 8, 11, 2, 0, tzinfo=UTC))
    code = order_to_publication(province, "2025-08-20")
    province.at("2025-09-03")
    assert province.timers_pass() == 0
    assert not [t for t in province.ask(SECRETARY, "/tasks", box="group")["items"] if t["nomination"] == code]
    province.at("2025-09-04")
    assert province.timers_pass() == 0
    province.at("2025-09-05")
    assert province.timers_pass() == 1
    province.do(APPRAISER, code, "comments_summary", **SUMMED)
    assert province.task(SECRETARY, code, "council")["element"] == "council"
    province.check_proof()


@pytest.mark.parametrize("day", ["03/09/2025", "04/09/2025"])
def test_t6_a_council_entered_later_with_an_earlier_day_is_refused_alone_in_a_batch_and_as_a_session(
    sqlite_url: str, day: str
) -> None:
    database = Database(sqlite_url)
    province = Province(database, datetime(2025, 8, 11, 2, 0, tzinfo=UTC))
    code = order_to_publication(province, "2025-08-20")
    province.at("2025-09-08")
    province.timers_pass()
    province.do(APPRAISER, code, "comments_summary", **SUMMED)
    task = province.task(SECRETARY, code, "council")
    row = {"task": task["id"], "expected_version": task["version"]}
    vote = {"khong_bo_phieu_do_lien_quan": "0", "hinh_thuc_thay_the": "khong"} | province.vote(17, 17)

    with pytest.raises(Refused) as alone:
        province.voted(code, ngay_hop=day)
    with pytest.raises(Refused) as batch:
        province.send(SECRETARY, "/tasks/batch", mode="commit", items=[row | {"form": vote | {"ngay_hop": day}}])
    for refused in (alone, batch):
        assert "công khai đủ 10 ngày làm việc" in str(refused.value.body) and "05/09/2025" in str(refused.value.body)
    [line] = met(province, task["id"], "-".join(reversed(day.split("/")))).lines
    assert line.result and isinstance(line.result.refusal, InvalidForm)
    assert "05/09/2025" in str(line.result.refusal.fields["ngay_hop"])

    province.voted(code, ngay_hop="05/09/2025")
    assert province.status(code) == "DU_DK"
    province.check_proof()
    database.close()


def met(province: Province, task: str, day: str) -> SessionView:
    """Return a session of the council that all of its 17 members agreed in, entered with the day it met on."""
    office, secretary = province.engine, province.people[SECRETARY]
    call = OpenSession(
        command_id=new_id(), actor=secretary.person.id, unit="SNV", day=date.fromisoformat(day), tasks=(task,)
    )
    session = office.open_session(call)["session"]
    members = [{"name": f"Ủy viên {n}", "position": "", "attendance": "co_mat", "teller": n <= 3} for n in range(1, 18)]
    counts = {"phieu_phat_ra": "17", "phieu_thu_ve": "17", "khong_hop_le": "0", "dong_y": "17", "khong_dong_y": "0"}
    office.record_session(
        RecordSession(
            command_id=new_id(),
            actor=secretary.person.id,
            session=session,
            expected_version=office.council_session(secretary, session).version,
            record={"day": day, "members": members, "rows": {task: counts}, "common": {}},
        )
    )
    return office.council_session(secretary, session)


def test_comments_are_kept_signed_and_an_allegation_suspends_until_it_is_looked_into(database: Database) -> None:
    province = Province(database, datetime(2025, 8, 11, 2, 0, tzinfo=UTC))
    code = order_to_publication(province, "2025-08-20")
    with pytest.raises(Refused):
        recorded(province, "comment_received", (code, COMMENT | {"dien_thoai": ""}))
    recorded(province, "comment_received", (code, COMMENT))
    assert province.status(code) != "TAM_DUNG"

    recorded(province, "comment_received", (code, COMMENT | ALLEGES))
    assert province.status(code) == "TAM_DUNG"
    recorded(province, "comment_received", (code, COMMENT | ALLEGES))  # a second letter while it stands still
    province.on_whole(APPRAISER, code, "resume", CONCLUSION)
    recorded(province, "comment_received", (code, COMMENT))

    history = province.ask(("KT", "TTT"), f"/nominations/{code}/history")["items"]
    assert [line["act"] for line in history[-5:]] == ["message", "suspended", "message", "resumed", "message"]
    with database.read() as reader:
        bodies = " ".join(str(row.body) for row in reader.rows_of_journal())
    assert "Nguyễn Văn Đáng" not in bodies and "0912 345 678" not in bodies
    province.check_proof()


@pytest.mark.parametrize(("day", "enough"), [("2025-12-01", False), ("2025-12-17", True)])
def test_t4_a_collective_for_the_prime_minister_needs_three_years_of_the_movement(
    sqlite_url: str, day: str, enough: bool
) -> None:
    database = Database(sqlite_url)
    province = Province(database, datetime.fromisoformat(f"{day}T02:00:00+00:00"))
    code = province.propose_for("BK_TTG", PEOPLE_OF_COMMUNE, doi_tuong="tap_the_xa")
    province.to_appraisal([code], **OF_COMMUNE)
    [task] = province.nomination(code)["tasks"]
    assert task["element"] == ("appraisal" if enough else "offer_lower")
    province.check_proof()
    database.close()


def test_t5_an_order_in_a_movement_of_the_province_is_offered_a_lower_form_with_consent(database: Database) -> None:
    province = Province(database)
    code = province.propose_for("HCLD_3")
    province.to_appraisal([code])
    lower = {"outcome": "chuyen_hinh_thuc", "hinh_thuc_moi": "BK_TINH", "ly_do": "Phong trào mới thực hiện hơn 2 năm."}
    province.do(APPRAISER, code, "offer_lower", **lower)
    assert province.status(code) == "HA_HINH_THUC"
    province.do(("TT_DV", "X2545"), code, "lower_form_consent", outcome="dong_y")
    found = province.nomination(code)
    assert (found["award"], found["tasks"][0]["element"]) == ("BK_TINH", "appraisal")
    province.appraised([code])
    province.approved([code])
    province.paper("quyet_dinh", [code])
    province.paper("thong_bao_ket_qua", [code])
    assert province.status(code) == "DUOC_KHEN"
    province.check_proof()
