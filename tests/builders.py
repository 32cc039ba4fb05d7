"""Builders of valid things, so that a test names only what matters to it.

`Office` is an Engine over a real database with two communes and the people of a Giấy khen, on a clock that tests move.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from engine.commands import (
    SYSTEM,
    AddMembership,
    AddPerson,
    AddUnit,
    ClaimTask,
    CompleteTask,
    OpenAccount,
    PublishRelease,
    StartNomination,
)
from engine.office.passwords import Passwords
from engine.office.releases import Releases
from engine.office.service import Engine
from engine.office.views import Actor, TaskView
from engine.store.database import Database
from web.catalog import Catalog

WORKFLOWS = Path(__file__).parents[1] / "workflows"
PASSWORD = "con trâu đi cày ruộng"
QUICK = Passwords(memory_kib=8, rounds=1, lanes=1)
MONDAY = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)

NOMINEE = {
    "doi_tuong": "cong_chuc_vien_chuc",
    "ten": "Ma Văn Tuấn",
    "so_dinh_danh": "008090001234",
    "ngay_sinh": "02/09/1990",
    "chuc_vu": "Công chức Văn hóa - Xã hội",
    "don_vi_cong_tac": "UBND xã Tân Trào",
    "la_lanh_dao": "khong",
    "thanh_tich_tom_tat": "Hướng dẫn 1.240 người dân kích hoạt tài khoản định danh điện tử trong năm.",
    "khong_bi_mat": "co",
}
ASSESSMENT = {
    "co_ket_qua_san_pham_cu_the": "co",
    "dat_hoac_vuot_tien_do": "co",
    "guong_mau_chap_hanh": "co",
    "vneid_muc": "2",
    "da_kich_hoat": "co",
    "so_sang_kien_de_an_06": "1",
    "hieu_qua_cao": "co",
    "bao_cao_thanh_tich": "Tổ chức 14 buổi hướng dẫn tại 14 thôn, hoàn thành trước hạn 20 ngày, được dân tin. " * 3,
}
VOTE = {
    "ngay_hop": "16/11/2026",
    "tong_so": "9",
    "co_mat": "9",
    "phieu_phat_ra": "9",
    "phieu_thu_ve": "9",
    "dong_y": "9",
    "khong_dong_y": "0",
    "khong_hop_le": "0",
}
AGREES = {"outcome": "dong_y", "so_quyet_dinh": "15/QĐ-UBND", "ngay_quyet_dinh": "16/11/2026"}
WANTS_MORE = {"outcome": "bo_sung", "noi_dung_bo_sung": "Bổ sung quyết định công nhận sáng kiến."}
REFUSES = {"outcome": "khong_dong_y", "ly_do": "Thành tích chưa nổi trội so với các trường hợp khác."}
NOTICE = {"ngay_thong_bao": "16/11/2026", "hinh_thuc_thong_bao": "truc_tiep"}
PDF = b"%PDF-1.7\n"
WHY_NOT = {"ly_do": "Chưa có sáng kiến theo tiêu chuẩn D1 của Kế hoạch 230."}


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self, at: datetime = MONDAY) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def move(self, **by: float) -> None:
        self.at += timedelta(**by)


# Parsing the release that ships takes half a second: all tests of one process share it.
CATALOG = Catalog()
RELEASES = Releases(CATALOG)


class Template:
    """A furnished office on SQLite, made by commands once in a process and copied into empty databases from then on."""

    def __init__(self) -> None:
        self._content = b""
        self._people: list[str] = []

    def fill(self, database: Database) -> list[str] | None:
        """Copy the office into an empty database and return its people; None if it has to be furnished by commands."""
        if not (self._content and self._fits(database)):
            return None
        with closing(sqlite3.connect(_file(database))) as target, closing(sqlite3.connect(":memory:")) as source:
            if target.execute("SELECT count(*) FROM journal").fetchone() != (0,):
                return None
            source.deserialize(self._content)
            source.backup(target)
        return self._people

    def keep(self, database: Database, people: list[str]) -> None:
        if not self._content and self._fits(database):
            with closing(sqlite3.connect(_file(database))) as source, closing(sqlite3.connect(":memory:")) as copy:
                source.backup(copy)
                content = bytearray(copy.serialize())
                content[18:20] = b"\1\1"  # no write-ahead log: a database in memory has none
                self._content, self._people = bytes(content), people

    @staticmethod
    def _fits(database: Database) -> bool:
        plain = Database.__init__.__kwdefaults__
        usual = (database._salt, database.engine_version) == (plain["salt"], plain["engine_version"])
        return usual and database.url.startswith("sqlite:///")


def _file(database: Database) -> str:
    return database.url.removeprefix("sqlite:///")


_TEMPLATE = Template()


class Office:
    """An engine with people. Names of people: officer, council, head (xã Tân Trào), other (xã Hùng Lợi), auditor."""

    since = date(2025, 7, 1)  # that bodies exist and people are in their posts

    def __init__(self, database: Database, at: datetime = MONDAY) -> None:
        self.clock = Clock(at)
        self.engine = Engine(database, CATALOG, clock=self.clock, passwords=QUICK, releases=RELEASES)
        usual = (at, self.since) == (MONDAY, Office.since)
        people = _TEMPLATE.fill(database) if usual else None
        if people is None:
            people = self._furnish()
            if usual:
                _TEMPLATE.keep(database, people)
        self.officer, self.council, self.head, self.other, self.auditor = map(self.engine.actor, people)

    def _furnish(self) -> list[str]:
        """Publish the release and enter units and people; return the ids of the people."""
        self.engine.publish_release(PublishRelease(command_id=new_id(), actor=SYSTEM, folder=str(WORKFLOWS)))
        self._add_units()
        people = [
            self.person("Hoàng Thị Mai", "CB_TDKT_DV"),
            self.person("Nông Văn Lực", "HD_DV"),
            self.person("Lý Văn Sơn", "TT_DV"),
            self.person("Bàn Thị Liên", "CB_TDKT_DV", unit="X2455"),
            self.person("Đỗ Quang Minh", "KT", unit="TTT"),
        ]
        return [each.person.id for each in people]

    def _add_units(self) -> None:
        units = [("UBND", "Ủy ban nhân dân tỉnh", "tinh"), ("TTT", "Thanh tra tỉnh", "so")]
        units += [("X2545", "Xã Tân Trào", "xa"), ("X2455", "Xã Hùng Lợi", "xa")]
        for unit, title, kind in units:
            command = AddUnit(
                command_id=new_id(), actor=SYSTEM, unit=unit, title=title, kind=kind, valid_from=self.since
            )
            self.engine.add_unit(command)

    def person(
        self, name: str, role: str, unit: str = "X2545", username: str | None = None, since: date | None = None
    ) -> Actor:
        """Enter a person with one role, with an account if a user name is given."""
        id = new_id()
        add = {"actor": SYSTEM, "person": id}
        self.engine.add_person(AddPerson(command_id=new_id(), full_name=name, position="Công chức", **add))
        joins = AddMembership(command_id=new_id(), unit=unit, role=role, valid_from=since or self.since, **add)
        self.engine.add_membership(joins)
        if username:
            self.engine.open_account(OpenAccount(command_id=new_id(), username=username, password=PASSWORD, **add))
        return self.engine.actor(id)

    def nominate(self, *, dossier: str | None = None, by: Actor | None = None, **form: Any) -> dict[str, Any]:
        """Nominate for the Giấy khen of the commune's chairman."""
        by = by or self.officer
        command = StartNomination(
            command_id=new_id(),
            actor=by.person.id,
            unit=by.memberships[0].unit,
            award="GK_XA",
            kind="ca_nhan",
            dossier=dossier,
            form=NOMINEE | form,
        )
        return self.engine.start_nomination(command)

    def only_task(self, nomination: str, actor: Actor | None = None) -> TaskView:
        """Return the one task a nomination waits for."""
        by = actor or self.auditor
        [row] = self.engine.nomination(by, nomination).tasks
        return self.engine.task(by, row.id)

    def claim(self, nomination: str, actor: Actor) -> TaskView:
        task = self.only_task(nomination, actor).task
        self.engine.claim_task(
            ClaimTask(command_id=new_id(), actor=actor.person.id, task=task.id, expected_version=task.version)
        )
        return self.only_task(nomination, actor)

    def complete(self, nomination: str, actor: Actor, form: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Complete the one task a nomination waits for."""
        task = self.only_task(nomination, actor).task
        values: dict[str, Any] = {"command_id": new_id(), "expected_version": task.version} | more
        return self.engine.complete_task(CompleteTask(actor=actor.person.id, task=task.id, form=form, **values))

    def at_head(self, **form: Any) -> str:
        """Return the code of a nomination that waits for the head's decision."""
        code: str = self.nominate(**form)["code"]
        self.complete(code, self.officer, ASSESSMENT)
        self.complete(code, self.council, VOTE)
        return code

    def awarded(self) -> str:
        """Return the code of a nomination that was awarded and made known."""
        code = self.at_head()
        self.complete(code, self.head, AGREES)
        self.complete(code, self.officer, NOTICE)
        return code


def new_id() -> str:
    return str(uuid4())
