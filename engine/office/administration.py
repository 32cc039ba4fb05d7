"""Commands on the directory, accounts, the calendar and releases: their streams, their facts, their answers.

What is allowed is decided by the pure functions of engine.office.directory and engine.office.accounts.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from engine import commands as c
from engine.commands import SYSTEM
from engine.errors import InvalidRelease, NotAllowed, Problem
from engine.facts import Fact, ReleasePublished
from engine.office import access, accounts, directory, seeds
from engine.office.act import Act
from engine.process.release import Release

Answer = dict[str, Any]


def add_unit(act: Act, command: c.AddUnit) -> Answer:
    _check_administers(act)
    facts = directory.add_unit(command, directory.all_units(act.tx.connection), seeds.role_book())
    return _write(act, f"unit:{command.unit}", facts, {"unit": command.unit})


def end_unit(act: Act, command: c.EndUnit) -> Answer:
    _check_administers(act)
    facts = directory.end_unit(command, directory.all_units(act.tx.connection))
    return _write(act, f"unit:{command.unit}", facts, {"unit": command.unit})


def add_person(act: Act, command: c.AddPerson) -> Answer:
    _check_administers(act)
    exists = directory.person_exists(act.tx.connection, command.person)
    filed = act.tx.put_form_data(directory.personal_data(command))
    facts = directory.add_person(command, exists=exists, person_data=filed)
    return _write(act, f"person:{command.person}", facts, {"person": command.person})


def identify_person(act: Act, command: c.IdentifyPerson) -> Answer:
    _check_administers(act)
    act.tx.lock([f"person:{command.person}"])
    facts = directory.identify(
        command,
        exists=directory.person_exists(act.tx.connection, command.person),
        holder=directory.person_with_number(act.tx.connection, command.citizen_id),
        identity_data=act.tx.put_form_data(directory.identity_data(command)),
    )
    return _write(act, f"person:{command.person}", facts, {"person": command.person})


def add_membership(act: Act, command: c.AddMembership) -> Answer:
    _check_administers(act)
    act.tx.lock([f"person:{command.person}"])
    facts = directory.add_membership(
        command,
        directory.all_units(act.tx.connection),
        seeds.role_book(),
        directory.all_memberships(act.tx.connection, command.person),
        person_exists=directory.person_exists(act.tx.connection, command.person),
    )
    return _write(act, f"person:{command.person}", facts, {"membership": facts[0].to_json()["membership"]})


def end_membership(act: Act, command: c.EndMembership) -> Answer:
    _check_administers(act)
    act.tx.lock([f"person:{command.person}"])
    facts = directory.end_membership(command, directory.all_memberships(act.tx.connection, command.person))
    return _write(act, f"person:{command.person}", facts, {"membership": command.membership})


def set_day(act: Act, command: c.SetDay) -> Answer:
    _check_administers(act)
    return _write(act, "calendar", directory.set_day(command), {"day": command.day.isoformat()})


def open_account(act: Act, command: c.OpenAccount, hashed: str) -> Answer:
    _check_administers(act)
    facts = accounts.open_account(
        command,
        person_exists=directory.person_exists(act.tx.connection, command.person),
        of_person=accounts.account_of(act.tx.connection, command.person),
        of_name=accounts.account_named(act.tx.connection, command.username),
        account_data=act.tx.put_form_data(accounts.account_data(command)),
    )
    answer = _write(act, f"person:{command.person}", facts, {"person": command.person})
    accounts.keep_password(act.tx.connection, command.person, hashed)
    return answer


def set_password(act: Act, command: c.SetPassword, hashed: str) -> Answer:
    """Everyone sets their own password; an administrator that of others."""
    if command.actor != command.person:
        _check_administers(act)
    facts = accounts.set_password(command, accounts.account_of(act.tx.connection, command.person))
    answer = _write(act, f"person:{command.person}", facts, {"person": command.person})
    accounts.keep_password(act.tx.connection, command.person, hashed)
    return answer


def disable_account(act: Act, command: c.DisableAccount) -> Answer:
    _check_administers(act)
    facts = accounts.disable_account(command, accounts.account_of(act.tx.connection, command.person))
    answer = _write(act, f"person:{command.person}", facts, {"person": command.person})
    accounts.end_all(act.tx.connection, command.person)
    return answer


def publish_release(act: Act, command: c.PublishRelease) -> Answer:
    """Take over the files of a folder. A release that is published already changes nothing."""
    if command.actor != SYSTEM:
        raise NotAllowed(action="publish")
    act.tx.lock(["release"])
    release: Release = act.releases.check(Path(command.folder))
    known = {row.id: row.sha256 for row in act.tx.releases()}
    if known.get(release.id) == release.sha256:
        return {"release": release.id, "sha256": release.sha256, "published": False}
    if release.id in known:
        raise InvalidRelease(problems=[_id_taken(release.id)])
    act.tx.put_release_files(release.id, release.files)
    fact = ReleasePublished(
        release=release.id,
        sha256=release.sha256,
        in_force_from=release.in_force_from.isoformat(),
        regime=release.regime,
    )
    return _write(act, "release", [fact], {"release": release.id, "sha256": release.sha256, "published": True})


def _id_taken(id: str) -> Problem:
    return Problem(
        file="release.toml",
        line=1,
        element=id,
        code="release_id_taken",
        severity="error",
        message=f"Bản phát hành “{id}” đã ban hành với nội dung khác.",
        mend="Đặt mã khác cho `id` trong release.toml: bản đã ban hành không bao giờ thay đổi.",
        message_en=f"Release “{id}” was published with other content.",
        mend_en="Give `id` in release.toml another value: a published release never changes.",
    )


def _check_administers(act: Act) -> None:
    """The command line acts as SYSTEM: whoever can run it on the server can do all of this anyway."""
    if act.command.actor != SYSTEM and access.ADMINISTRATOR not in act.actor.roles:
        raise NotAllowed(action="administer")


def _write(act: Act, stream: str, facts: list[Fact], answer: Answer) -> Answer:
    act.tx.lock([stream])
    act.append(stream, facts)
    return answer
