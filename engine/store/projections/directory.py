"""Projections of people, accounts, units, memberships, the calendar and releases.

Form data read here: `{"full_name", "position"}` and `{"citizen_id"}` of a person, `{"username"}` of an account.
"""

from __future__ import annotations

from sqlalchemy import bindparam, delete, insert, update

from engine import facts
from engine.canonical import canonical
from engine.store import tables as t
from engine.store.folding import folded
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

_INSERT_UNIT = Statement(insert(t.unit))
_END_UNIT = Statement(
    update(t.unit)
    .where(t.unit.c.id == bindparam("unit_id"))
    .values(valid_to=bindparam("last_day"), successors=bindparam("next_units"))
)
_INSERT_PERSON = Statement(insert(t.person))
_IDENTIFY = Statement(
    update(t.person).where(t.person.c.id == bindparam("known")).values(citizen_id=bindparam("number"))
)
_INSERT_MEMBERSHIP = Statement(insert(t.membership))
_END_MEMBERSHIP = Statement(
    update(t.membership).where(t.membership.c.id == bindparam("membership")).values(valid_to=bindparam("last_day"))
)
_INSERT_ACCOUNT = Statement(insert(t.account))
_THIS_ACCOUNT = update(t.account).where(t.account.c.person == bindparam("holder"))
_FORGET_PERSON = Statement(
    update(t.person)
    .where(t.person.c.id == bindparam("person_id"))
    .values(full_name="", position="", citizen_id="", search="")
)
_FORGET_USERNAME = Statement(_THIS_ACCOUNT.values(username=t.account.c.person))
_DISABLE_ACCOUNT = Statement(_THIS_ACCOUNT.values(disabled=1))
_SET_PASSWORD = Statement(_THIS_ACCOUNT.values(password_set_at=bindparam("at")))
_LOG_IN = Statement(_THIS_ACCOUNT.values(last_login_at=bindparam("at")))
_DELETE_DAY = Statement(delete(t.calendar_day).where(t.calendar_day.c.day == bindparam("date")))
_INSERT_DAY = Statement(insert(t.calendar_day))
_INSERT_RELEASE = Statement(insert(t.release))


@projects(facts.UnitAdded)
def _unit_added(scene: Scene, fact: facts.UnitAdded) -> None:
    scene.run(
        _INSERT_UNIT,
        id=fact.unit,
        title=fact.title,
        kind=fact.kind,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        superior=fact.superior,
        predecessors=canonical(fact.predecessors),
        successors="[]",
        search=folded(f"{fact.title} {fact.unit}"),
    )


@projects(facts.UnitEnded)
def _unit_ended(scene: Scene, fact: facts.UnitEnded) -> None:
    scene.change(_END_UNIT, unit_id=fact.unit, last_day=fact.valid_to, next_units=canonical(fact.successors))


@projects(facts.PersonAdded)
def _person_added(scene: Scene, fact: facts.PersonAdded) -> None:
    filed = scene.filed(fact.person_data)
    full_name = str(filed.get("full_name") or "")
    scene.run(
        _INSERT_PERSON,
        id=fact.person,
        full_name=full_name,
        position=str(filed.get("position") or ""),
        citizen_id="",
        search=folded(full_name),
    )


def forget_person(scene: Scene) -> None:
    scene.change(_FORGET_PERSON, person_id=scene.subject)
    scene.run(_FORGET_USERNAME, holder=scene.subject)


@projects(facts.PersonIdentified)
def _person_identified(scene: Scene, fact: facts.PersonIdentified) -> None:
    number = str(scene.filed(fact.identity_data).get("citizen_id") or "")
    scene.change(_IDENTIFY, known=fact.person, number=number)


@projects(facts.MembershipAdded)
def _membership_added(scene: Scene, fact: facts.MembershipAdded) -> None:
    scene.run(
        _INSERT_MEMBERSHIP,
        id=fact.membership,
        person=fact.person,
        unit=fact.unit,
        role=fact.role,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
    )


@projects(facts.MembershipEnded)
def _membership_ended(scene: Scene, fact: facts.MembershipEnded) -> None:
    scene.change(_END_MEMBERSHIP, membership=fact.membership, last_day=fact.valid_to)


@projects(facts.AccountOpened)
def _account_opened(scene: Scene, fact: facts.AccountOpened) -> None:
    # Once its name is erased an account is told by the person it belonged to; names are unique.
    scene.run(
        _INSERT_ACCOUNT,
        person=fact.person,
        username=str(scene.filed(fact.account_data).get("username") or fact.person),
        demo=int(fact.demo),
        disabled=0,
        opened_at=scene.at,
        password_set_at=None,
        last_login_at=None,
    )


@projects(facts.AccountDisabled)
def _account_disabled(scene: Scene, fact: facts.AccountDisabled) -> None:
    scene.change(_DISABLE_ACCOUNT, holder=fact.person)


@projects(facts.PasswordSet)
def _password_set(scene: Scene, fact: facts.PasswordSet) -> None:
    scene.change(_SET_PASSWORD, holder=fact.person, at=scene.at)


@projects(facts.LoggedIn)
def _logged_in(scene: Scene, fact: facts.LoggedIn) -> None:
    scene.change(_LOG_IN, holder=fact.person, at=scene.at)


@projects(facts.DaySet)
def _day_set(scene: Scene, fact: facts.DaySet) -> None:
    scene.run(_DELETE_DAY, date=fact.day)
    scene.run(_INSERT_DAY, day=fact.day, kind=fact.kind, document=fact.document)


@projects(facts.ReleasePublished)
def _release_published(scene: Scene, fact: facts.ReleasePublished) -> None:
    scene.run(
        _INSERT_RELEASE,
        id=fact.release,
        sha256=fact.sha256,
        regime=fact.regime,
        in_force_from=fact.in_force_from,
        published_at=scene.at,
        published_seq=scene.seq,
    )
