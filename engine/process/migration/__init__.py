"""Impact and migration in one: the recorded moves of one instance, made again on an edited drawing.

`fold` says what an edit means for an instance and where the instance would then stand (decision 24). What was
decided stands, what was promised (due dates) is kept, and the list of moves that was in fact made again is itself
a history: `reexecute` gives the identical state from it, and a later edit folds it once more.
"""

from engine.process.migration.fold import Edit, fold, reexecute
from engine.process.migration.handover import handed_over, steps_kept
from engine.process.migration.history import element_of
from engine.process.migration.records import Migration, Note, RecordedMove, StartRecord, Verdict

__all__ = [
    "Edit",
    "Migration",
    "Note",
    "RecordedMove",
    "StartRecord",
    "Verdict",
    "element_of",
    "fold",
    "handed_over",
    "reexecute",
    "steps_kept",
]
