"""What compensation undoes: the activities of a scope that are done, the last first, each once.

What was done lies with the root token of the scope, so that it is forgotten with it.
"""

from __future__ import annotations

from engine.process.model import Node
from engine.process.places import Place


def remember(place: Place) -> None:
    """Note that an activity is done, if something is drawn that undoes it."""
    if place.node.id in place.owner.compensations:
        place.task.workflow.task_tree.internal_data.setdefault("done", []).append(place.node.id)


def next_undone(place: Place) -> Node | None:
    """Take out what was done last, of what the throwing event means; return the event at its border."""
    done: list[str] = place.task.workflow.task_tree.internal_data.get("done", [])
    named = place.node.event.name if place.node.event else ""
    for number in reversed(range(len(done))):
        if named in ("", done[number]):
            return place.owner.compensations[done.pop(number)]
    return None
