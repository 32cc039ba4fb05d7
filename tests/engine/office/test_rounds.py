"""Movements and rounds through the front door, on both databases: who may do what, and how far the units are."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from engine.commands import SYSTEM, OpenRound, SetMovement, WithdrawNomination
from engine.errors import CommandReused, InvalidForm, NotAllowed, NotFound, RoundRefuses
from engine.facts import Fact, StepCompleted, StepOpened
from engine.office import directory, moving, rounds, seeds
from engine.office.act import Trial
from engine.store import tables
from engine.store.database import Database
from engine.store.rebuild import rebuild
from tests.builders import ASSESSMENT, NOMINEE, NOTICE, WHY_NOT, new_id
from tests.movers import DEADLINE, ROUND, Movers


@pytest.fixture
def office(database: Database) -> Movers:
    return Movers(database)


def start_variables(office: Movers, code: str) -> dict[str, Any]:
    with office.engine.database.read() as reader:
        id = reader.execute(select(tables.nomination.c.id).where(tables.nomination.c.code == code)).scalar_one()
        entry = next(reader.entries(f"nomination:{id}"))
    return dict(entry.body["facts"][0]["variables"])


# --- movements ---------------------------------------------------------------------------------------------------


def test_plan_230_is_there_from_the_beginning(office: Movers) -> None:
    with office.engine.database.read() as reader:
        plan = rounds.movement(reader.connection, "kh230")

    assert plan is not None
    assert (plan.number, plan.issued_on, plan.launcher) == ("230/KH-UBND", date(2022, 12, 16), "TINH")
    assert (plan.starts_on, plan.planned_end, plan.legal_basis) == (date(2022, 12, 16), date(2030, 12, 31), "kh230")


def test_the_department_of_home_affairs_sets_a_movement_and_nobody_else(office: Movers) -> None:
    form = {
        "ten": "Phong trào thi đua xóa nhà tạm, nhà dột nát",
        "so_ky_hieu": "45/KH-UBND",
        "ngay_ban_hanh": "05/02/2025",
        "cap_phat_dong": "TTG",
        "ngay_bat_dau": "05/02/2025",
        "ngay_ket_thuc": "31/12/2025",
    }
    for stranger in (office.officer, office.consolidator, office.auditor, office.head):
        with pytest.raises(NotAllowed):
            office.engine.set_movement(
                SetMovement(command_id=new_id(), actor=stranger.person.id, movement="xnt", form=form)
            )

    by = office.organiser.person.id
    office.engine.set_movement(SetMovement(command_id=new_id(), actor=by, movement="xnt", form=form))
    longer = form | {"ngay_ket_thuc": "31/12/2026"}
    office.engine.set_movement(SetMovement(command_id=new_id(), actor=by, movement="xnt", form=longer))

    with office.engine.database.read() as reader:
        known = rounds.movements(reader.connection)
    assert list(known) == ["xnt", "kh230"]
    assert known["xnt"].planned_end == date(2026, 12, 31)


def test_a_movement_does_not_end_before_it_begins(office: Movers) -> None:
    [command] = seeds.movement_commands()
    form = dict(command.form) | {"ngay_ket_thuc": "01/01/2022"}
    with pytest.raises(InvalidForm) as refused:
        office.engine.set_movement(SetMovement(command_id=new_id(), actor=SYSTEM, movement="kh230", form=form))
    assert list(refused.value.fields) == ["ngay_bat_dau"]


# --- opening, changing, closing ------------------------------------------------------------------------------------


def test_a_round_has_a_code_of_its_year_and_all_that_was_said_of_it(office: Movers) -> None:
    assert [office.open(), office.open()] == ["DX-2026-01", "DX-2026-02"]

    round = office.round("DX-2026-01")
    assert (round.title, round.guidance_number, round.guidance_on) == (ROUND["ten"], "12/HD-CAT", date(2026, 11, 10))
    assert (round.lead, round.deadline, round.kind, round.status) == ("CAT", DEADLINE, "hang_nam", "open")
    assert (round.awards, round.kinds) == (("BK_TINH", "GK_XA"), ("tap_the", "ca_nhan"))
    assert round.criteria == {"xa": "commune_criteria"}
    assert (round.collectives, round.individuals, round.non_leaders) == (None, 2, 5000)


@pytest.mark.parametrize("who", ["officer", "head", "council", "auditor"])
def test_only_the_lead_body_and_the_department_of_home_affairs_open_rounds(office: Movers, who: str) -> None:
    with pytest.raises(NotAllowed):
        office.open(by=getattr(office, who))


def test_one_body_does_not_open_a_round_that_another_leads(office: Movers) -> None:
    with pytest.raises(NotAllowed):
        office.open(by=office.consolidator, co_quan_chu_tri="SNV")
    assert office.open(by=office.organiser, co_quan_chu_tri="CAT") == "DX-2026-01"


def test_a_round_cannot_begin_after_its_deadline(office: Movers) -> None:
    with pytest.raises(InvalidForm) as refused:
        office.open(han_nop="15/11/2026")
    assert refused.value.fields == {"han_nop": [("date_past", {})]}


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({"hinh_thuc": []}, "hinh_thuc"),
        ({"hinh_thuc": ["BK_TOAN_CAU"]}, "hinh_thuc"),
        ({"co_quan_chu_tri": "X2545"}, "co_quan_chu_tri"),
        ({"tieu_chi_xa": "movement_duration"}, "tieu_chi_xa"),
        ({"ngay_huong_dan": "17/11/2026"}, "ngay_huong_dan"),
        ({"ten": "Đợt"}, "ten"),
    ],
)
def test_what_does_not_fit_a_round_is_refused_field_by_field(office: Movers, form: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidForm) as refused:
        office.open(**form)
    assert list(refused.value.fields) == [field]


def test_a_round_of_a_movement_nobody_knows_is_not_found(office: Movers) -> None:
    by = office.organiser.person.id
    with pytest.raises(NotFound):
        office.engine.open_round(OpenRound(command_id=new_id(), actor=by, movement="kh999", form=ROUND))


def test_the_lead_may_hand_a_round_over_and_has_no_say_in_it_then(office: Movers) -> None:
    code = office.open()
    office.change(code, co_quan_chu_tri="SNV", han_nop="15/12/2026")

    assert (office.round(code).lead, office.round(code).deadline) == ("SNV", date(2026, 12, 15))
    with pytest.raises(NotAllowed):
        office.change(code)
    office.change(code, by=office.organiser)
    assert office.round(code).lead == "CAT"


def test_an_award_that_was_nominated_for_stays_in_the_round(office: Movers) -> None:
    code = office.open()
    office.propose(code)

    with pytest.raises(RoundRefuses) as award:
        office.change(code, hinh_thuc=["BK_TINH"])
    with pytest.raises(RoundRefuses) as kind:
        office.change(code, doi_tuong=["tap_the"])

    assert (award.value.params["why"], kind.value.params["why"]) == ("award_in_use", "kind_in_use")
    office.change(code, hinh_thuc=["GK_XA"])


def test_a_closed_round_stays_as_it_is(office: Movers) -> None:
    code = office.open()
    office.close(code)

    assert (office.round(code).is_open, office.round(code).closed_at) == (False, office.clock.at)
    for again in (office.close, office.change, office.remind, office.propose):
        with pytest.raises(RoundRefuses) as refused:
            again(code)
        assert refused.value.params["why"] == "round_closed"


def test_the_same_command_opens_one_round(office: Movers) -> None:
    given: dict[str, Any] = {"command_id": new_id(), "actor": office.consolidator.person.id, "movement": "kh230"}
    first = office.engine.open_round(OpenRound(form=ROUND, **given))

    assert office.engine.open_round(OpenRound(form=ROUND, **given)) == first
    with pytest.raises(CommandReused):
        office.engine.open_round(OpenRound(form=ROUND | {"loai": "so_ket"}, **given))


# --- nominating in a round -----------------------------------------------------------------------------------------


def test_an_award_above_the_unit_needs_a_round_and_a_giay_khen_does_not(office: Movers) -> None:
    with pytest.raises(RoundRefuses) as refused:
        office.propose(None, award="BK_TINH")
    assert refused.value.params == {"why": "round_needed", "award": "BK_TINH"}
    assert office.propose(None)["code"] == "KT-2026-0001/01"


def test_a_round_takes_the_awards_and_kinds_it_is_open_to(office: Movers) -> None:
    code = office.open(hinh_thuc=["GK_XA"], doi_tuong=["tap_the"])

    for given, why in (({"award": "BK_TINH"}, "award_not_open"), ({"kind": "ca_nhan"}, "kind_not_open")):
        with pytest.raises(RoundRefuses) as refused:
            office.propose(code, **given)
        assert refused.value.params["why"] == why


def test_a_round_nobody_opened_is_not_found(office: Movers) -> None:
    with pytest.raises(NotFound):
        office.propose("DX-2026-77")


def test_after_the_deadline_one_says_why_and_everyone_reads_it(office: Movers) -> None:
    code = office.open()
    office.clock.move(days=15)

    with pytest.raises(RoundRefuses) as refused:
        office.propose(code)
    assert refused.value.params == {"why": "deadline_past", "round": code, "deadline": DEADLINE}
    with pytest.raises(InvalidForm) as short:
        office.propose(code, late_reason="muộn")
    assert list(short.value.fields) == ["late_reason"]

    reason = "Lũ quét ngày 26/11/2026, xã mất điện, mất mạng bốn ngày."
    nomination = office.propose(code, late_reason=reason)["code"]
    assert office.engine.history(office.auditor, nomination)[0].note == reason
    assert office.standing(code).late == 1


def test_on_the_last_day_nobody_is_late(office: Movers) -> None:
    code = office.open(han_nop="16/11/2026")
    office.propose(code, late_reason="Không cần lý do này vì chưa quá hạn.")
    assert office.standing(code).late == 0


def test_a_dossier_holds_what_one_authority_decides_in_one_round(office: Movers) -> None:
    one, other = office.open(), office.open()
    dossier = office.propose(one)["dossier"]

    assert office.propose(one, dossier=dossier)["code"] == f"{dossier}/02"
    for wrong in (other, None):
        with pytest.raises(NotFound):
            office.propose(wrong, dossier=dossier)
    with office.engine.database.read() as reader:
        row = reader.execute(select(tables.dossier).where(tables.dossier.c.code == dossier)).one()
    assert (row.authority, row.type, row.round) == ("TT_DV", "phong_trao", one)


def test_the_process_knows_the_movement_and_whose_nominee_it_is(office: Movers) -> None:
    code = office.open()

    inside = start_variables(office, office.propose(code)["code"])
    outside = start_variables(office, office.propose(None)["code"])

    assert inside["nomination.unit_kind"] == "xa"
    assert (inside["nomination.own_of_consolidator"], inside["nomination.under_district"]) == (False, False)
    assert inside["movement.launcher"] == "TINH"
    assert (inside["movement.start_date"], inside["movement.planned_end_date"]) == ("2022-12-16", "2030-12-31")
    assert inside["movement.cach_tinh_thoi_gian"] == "da_thuc_hien"
    assert not any(name.startswith("movement.") for name in outside)


def test_the_consolidator_is_whoever_leads_the_round_now(office: Movers) -> None:
    def consolidator(round: str | None) -> str | None:
        with office.engine.database.read() as reader:
            sight = Trial(reader, office.officer.person.id, office.clock.at, office.engine.releases)
            return moving.context_of(sight, "X2545", round).unit("consolidator")

    code = office.open()
    assert (consolidator(code), consolidator(None)) == ("CAT", None)
    office.change(code, co_quan_chu_tri="SNV")
    assert consolidator(code) == "SNV"


def test_the_lead_body_and_all_below_it_are_the_consolidators_own(office: Movers) -> None:
    with office.engine.database.read() as reader:
        units = directory.all_units(reader.connection)
    assert rounds.is_below("CAT", "CAT", units) and rounds.is_below("CATX", "CAT", units)
    assert not rounds.is_below("X2545", "CAT", units) and not rounds.is_below("SNV", "CAT", units)


# --- how far the units are ---------------------------------------------------------------------------------------


def test_a_unit_goes_from_not_submitted_to_submitted(office: Movers) -> None:
    code = office.open()
    assert office.progress(code) == "chua_nop"

    nomination = office.propose(code)["code"]
    assert office.progress(code) == "dang_lap"

    office.complete(nomination, office.officer, ASSESSMENT | {"so_sang_kien_de_an_06": "0"})
    office.complete(nomination, office.council, NOTICE | WHY_NOT)
    assert office.progress(code) == "da_nop"
    assert office.progress(code, "X2455") == "chua_nop"


def test_a_nomination_is_submitted_when_it_leaves_its_unit_and_returned_when_it_comes_back(office: Movers) -> None:
    code = office.open()
    nomination = office.propose(code)["id"]
    happens(office, nomination, StepCompleted(key="self_assessment#1", element="self_assessment", variables={}))
    assert office.progress(code) == "dang_lap"

    happens(office, nomination, opened("check", "CA_TH", "CAT"))
    assert (office.progress(code), office.standing(code).last_submitted) == ("da_nop", office.clock.at)

    office.clock.move(days=20)
    happens(office, nomination, opened("supplement", "CB_TDKT_DV", "X2545"))
    assert office.progress(code) == "bi_tra"

    happens(office, nomination, StepCompleted(key="supplement#1", element="supplement", variables={}))
    assert office.progress(code) == "da_nop", "sent in again, it counts from the first time"


def test_the_lead_body_submits_to_itself(office: Movers) -> None:
    code = office.open(hinh_thuc=["GK_SO"])
    officer = office.person("Ma Thị Nga", "CB_TDKT_DV", unit="CAT")
    nomination = office.propose(code, by=officer, award="GK_SO")["id"]
    assert office.progress(code, "CAT") == "dang_lap"

    happens(
        office,
        nomination,
        StepCompleted(key="self_assessment#1", element="self_assessment", variables={}),
        opened("consolidator_check", "CA_TH", "CAT"),
    )
    assert office.progress(code, "CAT") == "da_nop"


def test_a_unit_that_first_submits_after_the_deadline_is_late(office: Movers) -> None:
    code = office.open()
    nomination = office.propose(code)["id"]
    office.clock.move(days=20)
    happens(
        office,
        nomination,
        StepCompleted(key="self_assessment#1", element="self_assessment", variables={}),
        opened("check", "CA_TH", "CAT"),
    )
    assert office.progress(code) == "nop_muon"


def happens(office: Movers, nomination: str, *listed: Fact) -> None:
    """Write facts that a longer path than a Giấy khen brings about."""
    stream, command_id = f"nomination:{nomination}", new_id()
    body = {"command": "Test", "command_id": command_id, "actor": SYSTEM, "facts": [fact.to_json() for fact in listed]}
    with office.engine.database.write() as tx:
        tx.lock([stream])
        tx.append(stream, body, office.clock.at)
        tx.answer(command_id, SYSTEM, "", {})


def opened(element: str, role: str, unit: str) -> StepOpened:
    return StepOpened(key=f"{element}#1", element=element, occurrence=1, role=role, unit=unit)


def test_what_was_withdrawn_was_never_submitted(office: Movers) -> None:
    code = office.open()
    nomination = office.propose(code)["code"]
    reason = "Cá nhân đề nghị chưa xét trong đợt này."
    office.engine.withdraw_nomination(
        WithdrawNomination(command_id=new_id(), actor=office.officer.person.id, nomination=nomination, reason=reason)
    )
    assert office.progress(code) == "chua_nop"


def test_the_share_of_people_who_lead_nothing_is_counted(office: Movers) -> None:
    code = office.open()
    for leads in ("co", "co", "khong"):
        office.propose(code, form=NOMINEE | {"la_lanh_dao": leads})

    standing = office.standing(code)
    assert (standing.individuals, standing.asked, standing.leaders) == (3, 3, 2)
    assert standing.warnings(office.round(code)) == ("many_individuals", "few_non_leaders")


def test_reminding_names_the_units_that_have_not_submitted(office: Movers) -> None:
    code = office.open()
    nomination = office.propose(code)["code"]
    everyone = office.remind(code)
    assert {"X2545", "X2455", "SNV", "CAT"} <= set(everyone) and "UBND" not in everyone

    office.complete(nomination, office.officer, ASSESSMENT | {"so_sang_kien_de_an_06": "0"})
    office.complete(nomination, office.council, NOTICE | WHY_NOT)
    assert set(everyone) - set(office.remind(code, by=office.organiser)) == {"X2545"}

    with office.engine.database.read() as reader:
        known = rounds.reminders(reader.connection, office.round(code).id)
    assert (known["X2545"], known["X2455"]) == ((1, date(2026, 11, 16)), (2, date(2026, 11, 16)))


@pytest.mark.parametrize("who", ["officer", "head", "auditor"])
def test_units_remind_nobody(office: Movers, who: str) -> None:
    with pytest.raises(NotAllowed):
        office.remind(office.open(), by=getattr(office, who))


@pytest.mark.parametrize(
    ("standing", "progress"),
    [
        (rounds.Standing(), "chua_nop"),
        (rounds.Standing(nominations=2, submitted=1), "dang_lap"),
        (rounds.Standing(nominations=2, submitted=2, returned=1), "bi_tra"),
    ],
)
def test_what_a_unit_has_to_do_next_counts_most(standing: rounds.Standing, progress: str) -> None:
    assert standing.progress(DEADLINE) == progress


def test_submitting_on_the_last_evening_is_in_time_and_the_next_morning_is_late(office: Movers) -> None:
    evening = office.clock.at.replace(day=30, hour=16, minute=59)  # 23:59 in the province
    morning = evening.replace(hour=17, minute=1)
    in_time, late = (rounds.Standing(nominations=1, submitted=1, last_submitted=at) for at in (evening, morning))
    assert (in_time.progress(DEADLINE), late.progress(DEADLINE)) == ("da_nop", "nop_muon")


# --- the record --------------------------------------------------------------------------------------------------


def test_everything_about_rounds_verifies_and_can_be_rebuilt(office: Movers, database: Database) -> None:
    code = office.open()
    office.propose(code)
    office.remind(code)
    office.remind(code)
    office.change(code, han_nop="20/12/2026")
    office.close(code)

    report = office.engine.verify()
    assert report.ok, report
    assert rebuild(database) == []


def test_the_journal_names_no_round_and_no_movement(office: Movers) -> None:
    code = office.open()
    with office.engine.database.read() as reader:
        listed = [str(e.body) for s in (f"round:{office.round(code).id}", "movement:kh230") for e in reader.entries(s)]
    assert len(listed) == 2
    assert not any(words in text for text in listed for words in ("Đề án", "Khen thưởng", "HD-CAT", "KH-UBND"))
