"""The Giấy khen of heads of units in the demo: one nomination at every step and at every end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from uuid import uuid4

from engine.commands import ClaimTask, WithdrawNomination
from engine.office.views import TaskRow
from web.demo.acting import Acting
from web.demo.answers import fill, typed

BETWEEN = timedelta(hours=5)
PLACES = {"X2545": "xã Tân Trào", "X2455": "xã Hùng Lợi", "SNV": "Sở Nội vụ"}
MISSING = "Bổ sung quyết định công nhận sáng kiến và số liệu so với kế hoạch năm."
NOT_ENOUGH = "Thành tích chưa nổi trội so với tiêu chuẩn của phong trào; đề nghị tiếp tục phấn đấu."
DOUBLE = "Trùng với đề nghị đã lập của đơn vị khác cho cùng thành tích."


@dataclass(frozen=True)
class Nominee:
    """Somebody of the demo, and what happens to the nomination, in order; the last act is where it stands now."""

    name: str
    number: int
    story: str
    unit: str = "X2545"
    award: str = "GK_XA"
    group: str = "cong_chuc_vien_chuc"
    work: str = "Công chức Văn phòng - Thống kê"

    def form(self) -> dict[str, str]:
        given = {"doi_tuong": self.group, "ten": self.name, "don_vi_cong_tac": PLACES[self.unit], "chuc_vu": self.work}
        year = 1970 + self.number % 28
        given["ngay_sinh"] = f"{self.number % 27 + 1:02d}/0{self.number % 9 + 1}/{year}"
        given["so_dinh_danh"] = f"0080{year % 100:02d}{self.number * 7919 % 1_000_000:06d}"
        return given

    def assessment(self, *, short: bool) -> dict[str, str]:
        """Return what is special in the self-assessment; `short` lacks what criterion D1, D2 or C2 asks for."""
        if not short:
            return {}
        return {"so_sang_kien_de_an_06": "0", "hieu_qua_cao": "khong", "co_ho_tro_nguon_luc": "khong"} | {
            "ty_le_so_hoa_bpmc_xa": "96,5"
        }


NOMINEES = (
    Nominee("Ma Văn Tuấn", 11, "assessed voted agreed notified"),
    Nominee("Nguyễn Thị Thu Hằng", 12, "short", work="Công chức Tư pháp - Hộ tịch"),
    Nominee("Tổ công nghệ số cộng đồng thôn Tân Lập", 13, "assessed voted", group="tap_the_xa"),
    Nominee("Hoàng Văn Páo", 14, "assessed", group="nguoi_dan", work="Trưởng thôn Lũng Búng"),
    Nominee("Lương Thị Bích Ngọc", 15, "assessed voted returned"),
    Nominee(
        "Đặng Quốc Khánh", 16, "assessed voted returned assessed", group="doanh_nhan", work="Giám đốc Hợp tác xã chè"
    ),
    Nominee("Triệu Thị Pham", 17, "", unit="X2455", work="Công chức Địa chính"),
    Nominee("Bàn Văn Chiến", 18, "assessed outvoted told_why", unit="X2455", group="nguoi_dan", work="Bí thư Chi đoàn"),
    Nominee("Công an xã Hùng Lợi", 19, "assessed voted agreed", unit="X2455", group="tap_the_xa"),
    Nominee("Phùng Đức Thắng", 20, "withdraw", unit="X2455"),
    Nominee("Vi Thị Hương Giang", 21, "assessed voted claimed", unit="SNV", award="GK_SO", work="Chuyên viên"),
    Nominee("Chẩu Văn Lâm", 22, "assessed voted refused", unit="SNV", award="GK_SO", work="Chuyên viên"),
    Nominee("La Thị Mỷ", 23, "assessed outvoted", work="Công chức Tài chính - Kế toán"),
)


class UnitAwards:
    """Tells the stories of the nominees, one after another."""

    def __init__(self, acting: Acting) -> None:
        self.acting = acting

    def tell(self) -> None:
        for nominee in NOMINEES:
            self.acting.clock.pass_by(BETWEEN)
            form = fill("nominate", self.acting.today, **nominee.form())
            answer = self.acting.nominate(nominee.unit, nominee.award, form, self._open_dossier(nominee))
            for act in nominee.story.split():
                self._act(act, nominee, answer["code"])

    def _open_dossier(self, nominee: Nominee) -> str | None:
        officer = self.acting.actor("CB_TDKT_DV", nominee.unit)
        choices = self.acting.engine.start_choices(officer)
        mine = (each for each in choices if each.award == nominee.award and each.unit == nominee.unit)
        return next((dossier for each in mine for dossier in each.open_dossiers), None)

    def _act(self, act: str, nominee: Nominee, code: str) -> None:
        if act == "withdraw":
            self.acting.clock.pass_by(BETWEEN)
            by = self.acting.actor("CB_TDKT_DV", nominee.unit).person.id
            command = WithdrawNomination(command_id=str(uuid4()), actor=by, nomination=code, reason=DOUBLE)
            self.acting.engine.withdraw_nomination(command)
            return
        roles = {"voted": "HD_DV", "outvoted": "HD_DV", "agreed": "TT_DV", "returned": "TT_DV", "refused": "TT_DV"}
        actor = self.acting.actor(roles.get(act, "TT_DV" if act == "claimed" else "CB_TDKT_DV"), nominee.unit)
        [task] = self.acting.engine.nomination(actor, code).tasks
        if act == "claimed":
            by = actor.person.id
            claims = ClaimTask(command_id=str(uuid4()), actor=by, task=task.id, expected_version=task.version)
            self.acting.engine.claim_task(claims)
            return
        known = {"nominated.doi_tuong": nominee.group}
        form = fill(task.form or "", self.acting.today, known, **self._given(act, nominee, task))
        self.acting.complete(actor, task, form)

    def _given(self, act: str, nominee: Nominee, task: TaskRow) -> dict[str, str]:
        day = typed(self.acting.today)
        given: dict[str, dict[str, str]] = {
            "assessed": nominee.assessment(short=False),
            "short": nominee.assessment(short=True),
            "voted": self._vote(9),
            "outvoted": self._vote(3),
            "agreed": {"outcome": "dong_y", "so_quyet_dinh": f"{nominee.number}/QĐ-UBND", "ngay_quyet_dinh": day},
            "returned": {"outcome": "bo_sung", "noi_dung_bo_sung": MISSING},
            "refused": {"outcome": "khong_dong_y", "ly_do": NOT_ENOUGH},
            "told_why": {"ly_do": NOT_ENOUGH},
        }
        return given.get(act, {})

    def _vote(self, agree: int) -> dict[str, str]:
        all_here = dict.fromkeys(("tong_so", "co_mat", "phieu_phat_ra", "phieu_thu_ve"), "9")
        return all_here | {"dong_y": str(agree), "khong_dong_y": str(9 - agree), "khong_hop_le": "0"}
