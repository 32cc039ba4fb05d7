"""Ways of tokens through tasks, loops, transactions and what they undo: lines, answers, outcome, trace."""

from tests.engine.process.drawing import MESSAGE, body, many
from tests.engine.process.pieces import (
    BEFORE,
    CANCEL,
    CANCELLING,
    THREE,
    UNDO,
    Case,
    loop,
    sub,
    until,
)

ACTIVITIES: dict[str, Case] = {
    "plain tasks": (
        ("startEvent s", "task a", "manualTask b", "endEvent e", "s -> a", "a -> b", "b -> e"),
        {},
        "completed",
        "s a b e",
    ),
    "send task and throwing message": (
        (
            "startEvent s",
            "sendTask a messageRef=letter",
            f"intermediateThrowEvent b {{{MESSAGE}}}",
            f"endEvent e {{{MESSAGE}}}",
            *("s -> a", "a -> b", "b -> e"),
        ),
        {},
        "completed",
        "s a b e",
    ),
    "receive task": (
        ("startEvent s", "receiveTask a messageRef=letter", "endEvent e", "s -> a", "a -> e"),
        {"messages": ["thu"]},
        "completed",
        "s a e",
    ),
    "conditions behind a task": (
        (
            *("startEvent s", "userTask a default=d", "task b", "task c", "task d_", "endEvent e"),
            *("s -> a", "a -> b if x > 1", "a -> c if x > 2", "d: a -> d_", "b -> e", "c -> e", "d_ -> e"),
        ),
        {"user": {"a": {"x": 3}}},
        "completed",
        "s a b c e e",
    ),
    "default flow behind a task": (
        (
            *("startEvent s", "userTask a default=d", "task b", "task d_", "endEvent e"),
            *("s -> a", "a -> b if x > 1", "d: a -> d_", "b -> e", "d_ -> e"),
        ),
        {"user": {"a": {"x": 1}}},
        "completed",
        "s a d_ e",
    ),
    "no condition behind a task holds": (
        ("startEvent s", "userTask a", "endEvent e", "endEvent f", "s -> a", "a -> e if x > 1", "a -> f if x > 2"),
        {"user": {"a": {"x": 1}}},
        "incident",
        "s a",
    ),
    "script that can do nothing": (
        ("startEvent s", "scriptTask a {<script>MARK</script>}", "endEvent e", "s -> a", "a -> e"),
        {},
        "completed",
        "s a e",
    ),
    "two tokens, then one for two": (
        (
            *("startEvent s", "task a completionQuantity=2", "task b", "task c startQuantity=2", "endEvent e"),
            *("s -> a", "a -> b", "b -> c", "c -> e"),
        ),
        {},
        "completed",
        "s a b b c e",
    ),
    "two tokens wanted and one there": (
        ("startEvent s", "task a", "task b startQuantity=2", "endEvent e", "s -> a", "a -> b", "b -> e"),
        {},
        "incident",
        "s a",
    ),
    "call of a global task": (
        ("startEvent s", "callActivity a calledElement=mark", "endEvent e", "s -> a", "a -> e"),
        {},
        "completed",
        "s a e",
    ),
    "compensation at the end": (
        (
            *("startEvent s", "task a", f"boundaryEvent b attachedToRef=a {{{UNDO}}}", "task h isForCompensation=true"),
            *("association u sourceRef=b targetRef=h", f"endEvent e {{{UNDO}}}", "s -> a", "a -> e"),
        ),
        {},
        "completed",
        "s a b h e",
    ),
    "what was done last is undone first, and waited for": (
        (
            *("startEvent s", "task a", f"boundaryEvent b attachedToRef=a {{{UNDO}}}"),
            *("task c", f"boundaryEvent d attachedToRef=c {{{UNDO}}}", "task never"),
            *(f"boundaryEvent n attachedToRef=never {{{UNDO}}}", "task o isForCompensation=true"),
            *("userTask h isForCompensation=true", "task i isForCompensation=true"),
            *("association u sourceRef=b targetRef=h", "association v sourceRef=d targetRef=i"),
            *("association w sourceRef=n targetRef=o", f"intermediateThrowEvent t {{{UNDO}}}", "endEvent e"),
            *("exclusiveGateway g default=f1", "s -> a", "a -> c", "c -> g", "f1: g -> t", "g -> never if false"),
            *("never -> t", "t -> e"),
        ),
        {"user": {"h": {}}},
        "completed",
        "s a c g d i b h t e",
    ),
    "only the activity that is named is undone": (
        (
            *("startEvent s", "task a", f"boundaryEvent b attachedToRef=a {{{UNDO}}}", "task h isForCompensation=true"),
            *("task c", f"boundaryEvent d attachedToRef=c {{{UNDO}}}", "task i isForCompensation=true"),
            *("association u sourceRef=b targetRef=h", "association v sourceRef=d targetRef=i"),
            "intermediateThrowEvent t {<compensateEventDefinition activityRef='a'/>}",
            *("endEvent e", "s -> a", "a -> c", "c -> t", "t -> e"),
        ),
        {},
        "completed",
        "s a c b h t e",
    ),
    "a cancelled transaction undoes what it has done and stops the rest": (
        (
            "startEvent s",
            "transaction x "
            + sub(
                *("startEvent i", "task w", f"boundaryEvent b attachedToRef=w {{{UNDO}}}"),
                *("task h isForCompensation=true", "association u sourceRef=b targetRef=h", "parallelGateway g"),
                *("userTask rest", f"endEvent bad {{{CANCEL}}}", "i -> w", "w -> g", "g -> bad", "g -> rest"),
            ),
            *(
                f"boundaryEvent c attachedToRef=x {{{CANCEL}}}",
                "endEvent e",
                "endEvent f",
                "s -> x",
                "x -> e",
                "c -> f",
            ),
        ),
        {},
        "completed",
        "s i w g b h bad c f",
    ),
    "transaction that ends": (
        (
            "startEvent s",
            "transaction x " + sub("startEvent i", "task w", "endEvent j", "i -> w", "w -> j"),
            *("endEvent e", "s -> x", "x -> e"),
        ),
        {},
        "completed",
        "s i w j x e",
    ),
    "transaction that is cancelled": (
        (
            *("startEvent s", "transaction x " + CANCELLING, f"boundaryEvent b attachedToRef=x {{{CANCEL}}}"),
            *("task k", "endEvent e", "endEvent f", "s -> x", "x -> e", "b -> k", "k -> f"),
        ),
        {},
        "completed",
        "s i w bad b k f",
    ),
    "loop with a maximum": (
        ("startEvent s", f"task a {{{loop(THREE)}}}", "endEvent e", "s -> a", "a -> e"),
        {},
        "completed",
        "s a a a e",
    ),
    "loop with a condition": (
        ("startEvent s", f"userTask a {{{loop('', 'more')}}}", "endEvent e", "s -> a", "a -> e"),
        {"user": {"a": [{"more": True}, {"more": False}]}},
        "completed",
        "s a a e",
    ),
    "loop asked before": (
        (
            *("startEvent s", "userTask q", f"userTask a {{{loop(BEFORE, 'more')}}}", "endEvent e"),
            *("s -> q", "q -> a", "a -> e"),
        ),
        {"user": {"q": {"more": False}}},
        "completed",
        "s q e",
    ),
    "loop of a subprocess": (
        (
            "startEvent s",
            "subProcess p1 {" + body(("startEvent i", "task w", "i -> w")) + loop('loopMaximum="2"') + "}",
            *("endEvent e", "s -> p1", "p1 -> e"),
        ),
        {},
        "completed",
        "s i w p1 i w p1 e",
    ),
    "enough instances": (
        (
            *("startEvent s", f"userTask v {{{until('5', 'nrOfCompletedInstances >= 3')}}}", "endEvent e"),
            *("s -> v", "v -> e"),
        ),
        {"user": {"v": {}}},
        "completed",
        "s v v v e",
    ),
    "enough instances one after the other": (
        (
            *("startEvent s", f"userTask v {{{until('5', 'ok == false', 'true')}}}", "endEvent e"),
            *("s -> v", "v -> e"),
        ),
        {"user": {"v": [{"ok": True}, {"ok": False}, {"ok": True}]}},
        "completed",
        "s v v e",
    ),
    "several subprocesses": (
        (
            "startEvent s",
            "subProcess p1 {" + body(("startEvent i", "task w", "i -> w")) + many("2", sequential=True) + "}",
            *("endEvent e", "s -> p1", "p1 -> e"),
        ),
        {},
        "completed",
        "s i w p1 i w p1 e",
    ),
    "every true way of an inclusive gateway": (
        (
            *("startEvent s", "userTask a", "inclusiveGateway g default=d", "task b", "task c", "task f"),
            *("inclusiveGateway j", "endEvent e", "s -> a", "a -> g", "g -> b if a.n > 1", "g -> c if a.n > 2"),
            *("d: g -> f", "b -> j", "c -> j", "f -> j", "j -> e"),
        ),
        {"user": {"a": {"n": 3}}},
        "completed",
        "s a g b c j e",
    ),
    "conditions of other tools": (
        (
            *("startEvent s", "userTask a", "exclusiveGateway g default=d", "task b", "task c", "endEvent e"),
            *("s -> a", "a -> g", "g -> b if ${ok and n gt 3}", "d: g -> c", "b -> e", "c -> e"),
        ),
        {"user": {"a": {"ok": True, "n": 4}}},
        "completed",
        "s a g b e",
    ),
}
