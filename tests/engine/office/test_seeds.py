from datetime import date

import pytest

from engine.commands import AddUnit, EndUnit, SetDay, SetMovement
from engine.office import citations, directory, seeds

BOOK = seeds.role_book()

# The roles of the office, as its domain sheet lists them; the registry clerk of any body is VT.
ROLES = {
    *("CN_DX", "CB_TDKT_DV", "HD_DV", "TT_DV", "VT", "CA_TH", "CA_LD", "SNV_TN", "SNV_CV", "SNV_TP", "SNV_GD", "CQ_HY"),
    *("HD_TINH", "TK_HD", "VP_CV", "VP_LD", "CT_UBND", "BTV_TU", "TW_TDKT", "TTG", "CTN", "QT", "KT"),
}


@pytest.fixture(scope="module")
def units():
    """The bodies that all seed commands, carried out one after the other, leave behind."""
    known = {}
    for command in seeds.unit_commands():
        if isinstance(command, AddUnit):
            [fact] = directory.add_unit(command, known, BOOK)
            known[fact.unit] = directory.Unit(
                fact.unit, fact.title, fact.kind, command.valid_from, superior=fact.superior
            )
        else:
            [fact] = directory.end_unit(command, known)
            old = known[fact.unit]
            known[fact.unit] = directory.Unit(
                old.id,
                old.title,
                old.kind,
                old.valid_from,
                command.valid_to,
                old.superior,
                successors=command.successors,
            )
    return known


def test_the_province_has_117_communes_and_7_wards_since_july_2025(units):
    communes = [u for u in units.values() if u.kind in ("xa", "phuong") and u.exists_on(date(2026, 11, 23))]

    assert len(communes) == 124
    assert sum(u.kind == "phuong" for u in communes) == 7
    assert not any(u.exists_on(date(2025, 6, 30)) for u in communes)
    assert units["X2545"].title == "Xã Tân Trào"
    assert units["X2455"].title == "Xã Hùng Lợi"
    assert units["X2215"].title == "Phường Minh Xuân"


def test_the_seven_districts_end_with_june_2025_and_51_communes_follow_them(units):
    districts = [u for u in units.values() if u.kind == "huyen"]

    assert len(districts) == 7
    assert {u.valid_to for u in districts} == {date(2025, 6, 30)}
    followers = [successor for u in districts for successor in u.successors]
    assert len(followers) == len(set(followers)) == 51
    assert "X2545" in units["H-SON-DUONG"].successors


def test_the_merged_departments_name_who_took_over(units):
    assert units["STNMT"].successors == units["SNNPTNT"].successors == ("SNNMT",)
    assert units["SKHDT"].successors == ("STC",)
    assert not units["SNNMT"].exists_on(date(2025, 2, 28))


def test_a_name_may_stand_for_two_bodies_but_an_id_never_does(units):
    assert units["H-SON-DUONG"].title == "Huyện Sơn Dương"
    assert units["X2536"].title == "Xã Sơn Dương"
    titles = [u.title for u in units.values()]
    assert len(titles) == len(set(titles))


def test_the_bodies_the_demo_uses_are_there(units):
    for unit in ("X2545", "X2455", "SNV", "CAT", "VP", "UBND"):
        assert units[unit].exists_on(date(2026, 11, 23))


def test_importing_twice_asks_for_the_same_commands_in_the_same_order():
    first, second = seeds.master_data(), seeds.master_data()

    assert first == second
    ids = [command.command_id for command in first]
    assert len(ids) == len(set(ids))
    kinds = [type(command) for command in first]
    assert kinds == sorted(kinds, key=[AddUnit, EndUnit, SetDay, SetMovement].index)


def test_the_book_of_roles_holds_every_role_of_the_office():
    assert set(BOOK.roles) == ROLES
    assert all(role.title for role in BOOK.roles.values())
    assert all(set(role.kinds) <= {*BOOK.kinds, "*"} for role in BOOK.roles.values())
    assert {role.code for role in BOOK.roles.values() if role.system} == {"QT", "KT"}
    assert {role.code for role in BOOK.roles.values() if role.external} == {"TW_TDKT", "TTG", "CTN"}


def test_roles_are_tied_to_bodies_that_exist(units):
    for role in BOOK.roles.values():
        assert all(role.open_to(units[unit]) for unit in role.units)


def test_every_body_may_have_a_registry_clerk_and_nobody_here_is_the_prime_minister(units):
    assert all(BOOK.roles["VT"].open_to(unit) for unit in units.values())
    assert not any(BOOK.roles["TTG"].open_to(unit) for unit in units.values())


def test_a_district_has_an_award_officer_and_a_head_but_no_appraiser(units):
    district = units["H-SON-DUONG"]

    assert BOOK.roles["CB_TDKT_DV"].open_to(district)
    assert BOOK.roles["TT_DV"].open_to(district)
    assert not BOOK.roles["SNV_CV"].open_to(district)


def test_a_ground_is_found_by_its_id_with_its_status():
    assert citations.citation("kh230-iv-3-2").title.endswith("Kế hoạch 230/KH-UBND")
    assert not citations.citation("kh230-iv-1").unverified
    assert citations.citation("nd152").unverified
    assert citations.citation("no-such-ground") is None


def test_every_ground_says_what_it_is_where_it_was_read_and_since_when():
    for ground in citations.citations().values():
        assert all((ground.title, ground.text, ground.source)), ground.id
        assert ground.valid_to is None or ground.valid_from <= ground.valid_to, ground.id


def test_the_decree_before_is_not_in_force_after_the_change():
    before, after = citations.citation("nd98"), citations.citation("nd152")

    assert before.in_force_on(date(2025, 6, 30))
    assert not before.in_force_on(date(2025, 7, 1))
    assert after.in_force_on(date(2025, 7, 1))


def test_a_ground_that_stands_twice_is_refused(tmp_path):
    texts = "".join(f'{key} = "x"\n' for key in ("id", "title", "text", "source"))
    row = f'[[citation]]\n{texts}valid_from = 2024-01-01\nstatus = "da_kiem_chung"\n'
    (tmp_path / "citations.toml").write_text(row * 2, encoding="utf-8")

    with pytest.raises(ValueError, match="x stands twice"):
        citations.citations(tmp_path)
