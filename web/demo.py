"""The demo: two communes and a department, their people, and nominations at every step.

Everything is made by the same commands officials send, on a clock that runs through the weeks before now; so the
journal of the demo is as good as any other. Passwords are random and stand in demo-accounts.json; the accounts are
marked and refused outside the demo.
"""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from engine.commands import (
    SYSTEM,
    AddMembership,
    AddPerson,
    ClaimTask,
    CompleteTask,
    OpenAccount,
    StartNomination,
    WithdrawNomination,
)
from engine.errors import CannotOpen
from engine.office.clock import LOCAL, local_day
from engine.office.passwords import FOR_DEMO
from engine.office.service import Engine
from engine.store.opening import FILE_NAME
from web.office import Place, prepare

BEGINS = timedelta(days=17)  # before now
STEP = timedelta(minutes=47)
BETWEEN = timedelta(hours=5)
OPENS, CLOSES, SATURDAY = 7, 17, 5
SYLLABLES = [
    "ban",
    "cau",
    "dong",
    "gio",
    "hoa",
    "lua",
    "mua",
    "nang",
    "rung",
    "sao",
    "song",
    "suoi",
    "thu",
    "tre",
    "trang",
    "vang",
    "xuan",
]


@dataclass(frozen=True)
class Member:
    username: str
    name: str
    position: str
    role: str
    unit: str


PEOPLE = (
    Member("mai.tantrao", "Hoàng Thị Mai", "Công chức Văn hóa - Xã hội xã Tân Trào", "CB_TDKT_DV", "X2545"),
    Member("luc.tantrao", "Nông Văn Lực", "Thư ký Hội đồng TĐKT xã Tân Trào", "HD_DV", "X2545"),
    Member("son.tantrao", "Lý Văn Sơn", "Chủ tịch UBND xã Tân Trào", "TT_DV", "X2545"),
    Member("hien.tantrao", "Ma Thị Hiền", "Văn thư UBND xã Tân Trào", "VT", "X2545"),
    Member("lien.hungloi", "Bàn Thị Liên", "Công chức Văn hóa - Xã hội xã Hùng Lợi", "CB_TDKT_DV", "X2455"),
    Member("phong.hungloi", "Đặng Văn Phong", "Thư ký Hội đồng TĐKT xã Hùng Lợi", "HD_DV", "X2455"),
    Member("tuan.hungloi", "Triệu Anh Tuấn", "Chủ tịch UBND xã Hùng Lợi", "TT_DV", "X2455"),
    Member("nhung.snv", "Trần Thị Hồng Nhung", "Chuyên viên Sở Nội vụ", "CB_TDKT_DV", "SNV"),
    Member("dung.snv", "Phạm Tiến Dũng", "Thư ký Hội đồng TĐKT Sở Nội vụ", "HD_DV", "SNV"),
    Member("hoa.snv", "Nguyễn Thị Quỳnh Hoa", "Giám đốc Sở Nội vụ", "TT_DV", "SNV"),
    Member("quantri", "Đỗ Quốc Khánh", "Quản trị hệ thống", "QT", "SNV"),
    Member("thanhtra", "Vũ Quang Minh", "Thanh tra viên, Thanh tra tỉnh", "KT", "TTT"),
)


class DemoClock:
    """Runs from the beginning of the demo, a little further with every act, and never past the present."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_by(self, time: timedelta = STEP) -> None:
        """Let time go by; who would then act outside office hours acts the next morning."""
        self.at += time
        local = self.at.astimezone(LOCAL)
        while local.weekday() >= SATURDAY or not OPENS <= local.hour < CLOSES:
            next_day = local + timedelta(days=1) if local.hour >= CLOSES or local.weekday() >= SATURDAY else local
            local = next_day.replace(hour=OPENS, minute=local.minute)
        self.at = min(local.astimezone(UTC), datetime.now(UTC))


def make_demo(place: Place) -> list[dict[str, str]]:
    """Make the demo and return its accounts.

    Raises:
        CannotOpen: the folder holds an office already (in_use), or as engine.store.opening.
    """
    if place.on_sqlite and (place.data / FILE_NAME).exists():
        raise CannotOpen(why="exists")
    clock = DemoClock(datetime.now(UTC).replace(hour=1, minute=5) - BEGINS)
    try:
        engine = prepare(place, clock=clock, passwords=FOR_DEMO)
        demo = Demo(engine, clock)
        accounts = demo.enter_people()
        demo.act()
        engine.database.close()
    except BaseException:
        if place.on_sqlite:  # half a demo would look like a whole office
            for file in place.data.glob(f"{FILE_NAME}*"):
                file.unlink()
        raise
    file = place.data / "demo-accounts.json"
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as out:
        json.dump(accounts, out, ensure_ascii=False, indent=2)
    return accounts


def random_password() -> str:
    """Return four words and a number: easy to copy by hand, too many to guess."""
    return "-".join(secrets.choice(SYLLABLES) for _ in range(4)) + f"-{secrets.randbelow(9000) + 1000}"


class Demo:
    """Acts as the people of the demo, one after another."""

    def __init__(self, engine: Engine, clock: DemoClock) -> None:
        self.engine = engine
        self.clock = clock
        self.people: dict[tuple[str, str], str] = {}  # (role, unit) -> person id

    def enter_people(self) -> list[dict[str, str]]:
        listed = []
        for member in PEOPLE:
            person, password = str(uuid5(NAMESPACE_URL, f"khenthuong:demo:{member.username}")), random_password()
            by: dict[str, Any] = {"actor": SYSTEM, "person": person}
            self.engine.add_person(AddPerson(command_id=_id(), full_name=member.name, position=member.position, **by))
            self.engine.add_membership(
                AddMembership(command_id=_id(), unit=member.unit, role=member.role, valid_from=date(2025, 7, 1), **by)
            )
            self.engine.open_account(
                OpenAccount(command_id=_id(), username=member.username, password=password, demo=True, **by)
            )
            self.people[member.role, member.unit] = person
            listed.append({"username": member.username, "password": password, "role": member.role, "unit": member.unit})
        return listed

    # --- acts

    def nominate(self, unit: str, award: str, form: dict[str, Any], dossier: str | None = None) -> str:
        """Nominate and return the code."""
        self.clock.pass_by()
        kind = "tap_the" if form["doi_tuong"].startswith("tap_the") else "ca_nhan"
        answer = self.engine.start_nomination(
            StartNomination(
                command_id=_id(),
                actor=self.people["CB_TDKT_DV", unit],
                unit=unit,
                award=award,
                kind=kind,
                dossier=dossier,
                form=form,
            )
        )
        return str(answer["code"])

    def complete(self, code: str, role: str, unit: str, form: dict[str, Any]) -> None:
        """Complete the one open task of a nomination."""
        self.clock.pass_by()
        person = self.people[role, unit]
        [task] = self.engine.nomination(self.engine.actor(person), code).tasks
        self.engine.complete_task(
            CompleteTask(command_id=_id(), actor=person, task=task.id, expected_version=task.version, form=form)
        )

    def claim(self, code: str, role: str, unit: str) -> None:
        self.clock.pass_by()
        person = self.people[role, unit]
        [task] = self.engine.nomination(self.engine.actor(person), code).tasks
        self.engine.claim_task(ClaimTask(command_id=_id(), actor=person, task=task.id, expected_version=task.version))

    def today(self) -> str:
        return local_day(self.clock.now()).strftime("%d/%m/%Y")

    # --- the story

    def act(self) -> None:
        """Bring one nomination to every step and to every end."""
        for story, nominee in zip(STORIES, NOMINEES, strict=True):
            self.clock.pass_by(BETWEEN)
            self.tell(story, nominee)

    def tell(self, story: str, nominee: Nominee) -> None:
        unit = nominee.unit
        officer = self.engine.actor(self.people["CB_TDKT_DV", unit])
        [choice] = self.engine.start_choices(officer)
        code = self.nominate(unit, nominee.award, nominee.form(), dossier=next(iter(choice.open_dossiers), None))
        for act in story.split():
            if act == "withdraw":
                self.clock.pass_by()
                self.engine.withdraw_nomination(
                    WithdrawNomination(
                        command_id=_id(),
                        actor=self.people["CB_TDKT_DV", unit],
                        nomination=code,
                        reason="Trùng với đề nghị đã lập của đơn vị khác cho cùng thành tích.",
                    )
                )
            elif act == "claimed":
                self.claim(code, "TT_DV", unit)
            else:
                role, form = self.step(act, nominee)
                self.complete(code, role, unit, form)

    def step(self, act: str, nominee: Nominee) -> tuple[str, dict[str, Any]]:
        """Return who does an act of a story, and the form they file."""
        notice = {"ngay_thong_bao": self.today(), "hinh_thuc_thong_bao": "truc_tiep"}
        decision = {"outcome": "dong_y", "so_quyet_dinh": f"{nominee.number}/QĐ-UBND", "ngay_quyet_dinh": self.today()}
        steps: dict[str, tuple[str, dict[str, Any]]] = {
            "assessed": ("CB_TDKT_DV", nominee.assessment()),
            "short": ("CB_TDKT_DV", nominee.assessment(short=True)),
            "voted": ("HD_DV", self.vote(9)),
            "outvoted": ("HD_DV", self.vote(3)),
            "agreed": ("TT_DV", decision),
            "returned": ("TT_DV", {"outcome": "bo_sung", "noi_dung_bo_sung": MISSING}),
            "refused": ("TT_DV", {"outcome": "khong_dong_y", "ly_do": NOT_ENOUGH}),
            "notified": ("CB_TDKT_DV", notice),
            "told_why": ("CB_TDKT_DV", notice | {"ly_do": NOT_ENOUGH}),
        }
        return steps[act]

    def vote(self, agree: int) -> dict[str, Any]:
        ballots = {"tong_so": "9", "co_mat": "9", "phieu_phat_ra": "9", "phieu_thu_ve": "9", "khong_hop_le": "0"}
        return ballots | {"ngay_hop": self.today(), "dong_y": str(agree), "khong_dong_y": str(9 - agree)}


MISSING = "Bổ sung quyết định công nhận sáng kiến và số liệu so với kế hoạch năm."
NOT_ENOUGH = "Thành tích chưa nổi trội so với tiêu chuẩn của phong trào; đề nghị tiếp tục phấn đấu."


@dataclass(frozen=True)
class Nominee:
    """Someone of the demo; nobody of that name is meant."""

    name: str
    number: int
    unit: str = "X2545"
    award: str = "GK_XA"
    group: str = "cong_chuc_vien_chuc"
    work: str = "Công chức Văn phòng - Thống kê"

    def form(self) -> dict[str, Any]:
        given = {
            "doi_tuong": self.group,
            "ten": self.name,
            "don_vi_cong_tac": "xã Tân Trào"
            if self.unit == "X2545"
            else "xã Hùng Lợi"
            if self.unit == "X2455"
            else "Sở Nội vụ",
            "thanh_tich_tom_tat": "Hướng dẫn 1.240 người dân kích hoạt tài khoản định danh điện tử, vượt kế hoạch năm.",
            "khong_bi_mat": "co",
        }
        if self.group.startswith("tap_the"):
            return given
        return given | {
            "so_dinh_danh": f"0080{90000000 + self.number * 7919:08d}",
            "ngay_sinh": f"{self.number % 27 + 1:02d}/0{self.number % 9 + 1}/19{70 + self.number % 28}",
            "chuc_vu": self.work,
            "la_lanh_dao": "khong",
        }

    def assessment(self, *, short: bool = False) -> dict[str, Any]:
        """Return the self-assessment; `short` lacks what criterion D1 or C2 asks for."""
        given = {"co_ket_qua_san_pham_cu_the": "co", "dat_hoac_vuot_tien_do": "co", "bao_cao_thanh_tich": REPORT}
        if self.group == "tap_the_xa":
            cleaned = ("tiem_chung", "bao_tro", "tre_em", "ho_tich", "hoi_doan_the")
            return (
                given
                | {f"lam_sach_{each}": "co" for each in cleaned}
                | {
                    "da_phat_dong_phong_trao": "co",
                    "ty_le_so_hoa_bpmc_xa": "96,5" if short else "100",
                    "ngay_bat_dau_so_hoa": "15/03/2023",
                    "ty_le_thon_hop_dan": "100",
                    "da_lap_to_cong_tac": "co",
                }
            )
        given |= {"guong_mau_chap_hanh": "co", "vneid_muc": "2", "da_kich_hoat": "co"}
        if self.group == "nguoi_dan":
            return given | {"su_dung_dvctt": "co", "van_dong_tuyen_truyen": "co", "gop_y_phan_anh": "co"}
        if self.group == "doanh_nhan":
            return given | {"co_ho_tro_nguon_luc": "khong" if short else "co"}
        return given | {"so_sang_kien_de_an_06": "0" if short else "2", "hieu_qua_cao": "khong" if short else "co"}


REPORT = (
    "Đơn vị có 14 thôn, 1.860 hộ dân. Trong năm đã tổ chức 14 buổi hướng dẫn tại nhà văn hóa thôn, hỗ trợ "
    "1.240 người dân kích hoạt tài khoản định danh điện tử và nộp hồ sơ trực tuyến, hoàn thành trước kế hoạch 20 ngày."
)
NOMINEES = (
    Nominee("Ma Văn Tuấn", 11),
    Nominee("Nguyễn Thị Thu Hằng", 12, work="Công chức Tư pháp - Hộ tịch"),
    Nominee("Tổ công nghệ số cộng đồng thôn Tân Lập", 13, group="tap_the_xa"),
    Nominee("Hoàng Văn Páo", 14, group="nguoi_dan", work="Trưởng thôn Lũng Búng"),
    Nominee("Lương Thị Bích Ngọc", 15),
    Nominee("Đặng Quốc Khánh", 16, group="doanh_nhan", work="Giám đốc Hợp tác xã chè Tân Trào"),
    Nominee("Triệu Thị Pham", 17, unit="X2455", work="Công chức Địa chính"),
    Nominee("Bàn Văn Chiến", 18, unit="X2455", group="nguoi_dan", work="Bí thư Chi đoàn thôn Nà Tang"),
    Nominee("Công an xã Hùng Lợi", 19, unit="X2455", group="tap_the_xa"),
    Nominee("Phùng Đức Thắng", 20, unit="X2455"),
    Nominee("Vi Thị Hương Giang", 21, unit="SNV", award="GK_SO", work="Chuyên viên Văn phòng Sở"),
    Nominee("Chẩu Văn Lâm", 22, unit="SNV", award="GK_SO", work="Chuyên viên phòng Cải cách hành chính"),
)
# What happens to each of the nominees, in order; the last act is where it stands now.
STORIES = (
    "assessed voted agreed notified",
    "short",
    "assessed voted",
    "assessed",
    "assessed voted returned",
    "assessed voted returned assessed",
    "",
    "assessed outvoted told_why",
    "assessed voted agreed",
    "withdraw",
    "assessed voted claimed",
    "assessed voted refused",
)


def _id() -> str:
    return str(uuid4())
