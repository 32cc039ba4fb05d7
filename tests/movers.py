"""An office that runs rounds: the bodies that lead them, plan 230, and people who open rounds and nominate in them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from engine.commands import SYSTEM, AddUnit, ChangeRound, CloseRound, OpenRound, RemindUnits, StartNomination
from engine.office import rounds, seeds
from engine.office.views import Actor
from engine.store.database import Database
from tests.builders import MONDAY, NOMINEE, Office, new_id

DEADLINE = date(2026, 11, 30)
ROUND = {
    "ten": "Khen thưởng hằng năm phong trào thi đua Đề án 06",
    "loai": "hang_nam",
    "co_quan_chu_tri": "CAT",
    "so_huong_dan": "12/HD-CAT",
    "ngay_huong_dan": "10/11/2026",
    "han_nop": "30/11/2026",
    "hinh_thuc": ["GK_XA", "BK_TINH"],
    "doi_tuong": ["ca_nhan", "tap_the"],
    "cach_tinh_thoi_gian": "da_thuc_hien",
    "tieu_chi_xa": "commune_criteria",
    "toi_da_ca_nhan": "2",
    "ty_le_khong_lanh_dao": "50",
}


class Movers(Office):
    """The office with the bodies that lead rounds. Names of people: consolidator (CAT), organiser (SNV)."""

    def __init__(self, database: Database, at: datetime = MONDAY) -> None:
        super().__init__(database, at)
        bodies = (("CAT", "Công an tỉnh", "llvt", None), ("SNV", "Sở Nội vụ", "so", None))
        for unit, title, kind, superior in (*bodies, ("CATX", "Phòng Tham mưu Công an tỉnh", "llvt", "CAT")):
            command = AddUnit(
                command_id=new_id(), actor=SYSTEM, unit=unit, title=title, kind=kind, superior=superior,
                valid_from=self.since,
            )  # fmt: skip
            self.engine.add_unit(command)
        for command in seeds.movement_commands():
            self.engine.set_movement(command)
        self.consolidator = self.person("Vũ Thị Hạnh", "CA_TH", unit="CAT")
        self.organiser = self.person("Trần Thị Hồng Nhung", "SNV_CV", unit="SNV")

    def open(self, by: Actor | None = None, **form: Any) -> str:
        """Open a round and return its code."""
        actor = (by or self.consolidator).person.id
        command = OpenRound(command_id=new_id(), actor=actor, movement="kh230", form=ROUND | form)
        return str(self.engine.open_round(command)["code"])

    def change(self, code: str, by: Actor | None = None, **form: Any) -> None:
        actor = (by or self.consolidator).person.id
        self.engine.change_round(ChangeRound(command_id=new_id(), actor=actor, round=code, form=ROUND | form))

    def close(self, code: str, by: Actor | None = None) -> None:
        actor = (by or self.consolidator).person.id
        self.engine.close_round(CloseRound(command_id=new_id(), actor=actor, round=code))

    def remind(self, code: str, by: Actor | None = None) -> list[str]:
        actor = (by or self.consolidator).person.id
        return list(self.engine.remind_units(RemindUnits(command_id=new_id(), actor=actor, round=code))["units"])

    def propose(self, round: str | None, *, by: Actor | None = None, **more: Any) -> dict[str, Any]:
        """Nominate for the Giấy khen of the commune's chairman, in a round."""
        by = by or self.officer
        given = {"unit": by.memberships[0].unit, "award": "GK_XA", "kind": "ca_nhan", "form": NOMINEE} | more
        command = StartNomination(command_id=new_id(), actor=by.person.id, round=round, **given)
        return self.engine.start_nomination(command)

    def round(self, code: str) -> rounds.Round:
        with self.engine.database.read() as reader:
            found = rounds.round_named(reader.connection, code)
        assert found is not None
        return found

    def standing(self, code: str, unit: str = "X2545") -> rounds.Standing:
        with self.engine.database.read() as reader:
            return rounds.standings(reader.connection, code).get(unit, rounds.Standing())

    def progress(self, code: str, unit: str = "X2545") -> str:
        return self.standing(code, unit).progress(self.round(code).deadline)
