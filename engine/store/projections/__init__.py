"""What each fact means for the derived tables: one function per class of facts.

A projection depends on the facts of its own stream and on form data alone, so that the tables can be refilled
stream by stream. In the stream of a nomination `NominationStarted` comes before all others, in
that of a paper `PaperStarted`.
"""

from __future__ import annotations

from engine import facts
from engine.canonical import time_text
from engine.store.journal import Entry
from engine.store.projections import (
    cases,
    directory,
    dossiers,
    migrations,
    nominations,
    outbox,
    papers,
    rounds,
    sessions,
)
from engine.store.projections.scene import PROJECTIONS, Scene, Store, projects

__all__ = [
    "PROJECTIONS",
    "Store",
    "cases",
    "directory",
    "dossiers",
    "migrations",
    "nominations",
    "outbox",
    "papers",
    "project",
    "rounds",
    "sessions",
]


def project(store: Store, entry: Entry) -> None:
    """Write what follows from the facts of an entry."""
    scene = Scene(store, entry.kind, entry.subject, entry.seq, time_text(entry.at), entry.body["actor"])
    for fact in entry.facts:
        PROJECTIONS[type(fact)](scene, fact)


def _nothing(scene: Scene, fact: facts.Fact) -> None:
    """The journal itself is read for these: the history of a nomination, what a form held, the way it took."""


for _fact in (
    facts.ProcessStarted,
    facts.FlowTaken,
    facts.DecisionMade,
    facts.NodePassed,
    facts.FormFiled,
    facts.ReasonGiven,
    facts.EngineUpgraded,
    facts.NumberTaken,
    facts.PaperArrived,
):
    projects(_fact)(_nothing)
