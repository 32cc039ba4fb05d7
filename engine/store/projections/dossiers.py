"""Projections of receipts and of the statutory clock. No form data is read here."""

from __future__ import annotations

from sqlalchemy import bindparam, func, insert, update

from engine import facts
from engine.store import tables as t
from engine.store.projections.scene import Scene, projects
from engine.store.statements import Statement

_DOSSIER = update(t.dossier).where(t.dossier.c.id == bindparam("dossier"))
_NOMINATION = update(t.nomination).where(t.nomination.c.id == bindparam("nomination"))
_THIS_RECEIPT = update(t.receipt).where(t.receipt.c.code == bindparam("receipt"))

_SUBMIT = Statement(_NOMINATION.values(submitted_on=bindparam("day")))
_RECEIVE = Statement(_NOMINATION.values(receipt=bindparam("given")))
_INSERT_RECEIPT = Statement(insert(t.receipt))
_JOIN = Statement(_THIS_RECEIPT.values(nominations=t.receipt.c.nominations + bindparam("more")))
_FIRST_RECEIPT = Statement(_DOSSIER.values(received_on=func.coalesce(t.dossier.c.received_on, bindparam("day"))))
_RUN = Statement(_DOSSIER.values(clock="running", due_on=bindparam("due"), days_left=None))
_PAUSE = Statement(_DOSSIER.values(clock="paused", days_left=bindparam("left")))
_STOP = Statement(_DOSSIER.values(clock="stopped", days_left=bindparam("left")))


@projects(facts.NominationSubmitted)
def _nomination_submitted(scene: Scene, fact: facts.NominationSubmitted) -> None:
    scene.change(_SUBMIT, nomination=scene.subject, day=fact.on)


@projects(facts.NominationReceived)
def _nomination_received(scene: Scene, fact: facts.NominationReceived) -> None:
    scene.change(_RECEIVE, nomination=scene.subject, given=fact.receipt)


@projects(facts.DossierReceived)
def _dossier_received(scene: Scene, fact: facts.DossierReceived) -> None:
    if fact.joined:
        scene.change(_JOIN, receipt=fact.receipt, more=len(fact.nominations))
        return
    scene.run(
        _INSERT_RECEIPT,
        code=fact.receipt,
        dossier_id=fact.dossier,
        received_on=fact.received_on,
        regime=fact.regime,
        by=scene.actor,
        at=scene.at,
        nominations=len(fact.nominations),
    )
    scene.change(_FIRST_RECEIPT, dossier=fact.dossier, day=fact.received_on)


@projects(facts.ClockStarted)
def _clock_started(scene: Scene, fact: facts.ClockStarted) -> None:
    scene.change(_RUN, dossier=scene.subject, due=fact.due_on)


@projects(facts.ClockResumed)
def _clock_resumed(scene: Scene, fact: facts.ClockResumed) -> None:
    scene.change(_RUN, dossier=scene.subject, due=fact.due_on)


@projects(facts.ClockPaused)
def _clock_paused(scene: Scene, fact: facts.ClockPaused) -> None:
    scene.change(_PAUSE, dossier=scene.subject, left=fact.days_left)


@projects(facts.ClockStopped)
def _clock_stopped(scene: Scene, fact: facts.ClockStopped) -> None:
    scene.change(_STOP, dossier=scene.subject, left=fact.days_left)
