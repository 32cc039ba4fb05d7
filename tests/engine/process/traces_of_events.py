"""Ways of tokens through events: lines, answers, outcome, trace."""

from tests.engine.process.drawing import MESSAGE, body, many, timer
from tests.engine.process.pieces import (
    CYCLE,
    ERROR,
    ESCALATION,
    FAILING,
    OVER,
    SHARED,
    SIGNAL,
    THREE_STEPS,
    Case,
    sub,
)

EVENTS: dict[str, Case] = {
    "event definition by reference": (
        (
            *("startEvent s", "parallelGateway g", f"intermediateCatchEvent c {{{SHARED}}}", "userTask a"),
            *(f"intermediateThrowEvent t {{{SHARED}}}", "endEvent e", "endEvent f", "s -> g", "g -> c", "g -> a"),
            *("a -> t", "t -> e", "c -> f"),
        ),
        {"user": {"a": {}}},
        "completed",
        "s g a t c f e",
    ),
    "two signals thrown by one event": (
        (
            *("startEvent s", "parallelGateway g", f"intermediateCatchEvent c {{{SIGNAL}}}"),
            *('intermediateCatchEvent d {<signalEventDefinition signalRef="second"/>}', "userTask a"),
            f'intermediateThrowEvent t {{{SIGNAL}<signalEventDefinition signalRef="second"/>}}',
            *("endEvent e", "endEvent f", "endEvent h", "s -> g", "g -> c", "g -> d", "g -> a"),
            *("a -> t", "t -> e", "c -> f", "d -> h"),
        ),
        {"user": {"a": {}}},
        "completed",
        "s g a t c d f h e",
    ),
    "condition that holds at once": (
        ("startEvent s", f"intermediateCatchEvent c {{{OVER}}}", "endEvent e", "s -> c", "c -> e"),
        {"user": {"s": {"x": 6}}},
        "completed",
        "s c e",
    ),
    "condition that does not hold": (
        ("startEvent s", f"intermediateCatchEvent c {{{OVER}}}", "endEvent e", "s -> c", "c -> e"),
        {"user": {"s": {"x": 5}}},
        "waiting",
        "s",
    ),
    "condition that begins to hold takes an activity away": (
        (
            *("startEvent s", "parallelGateway g", "userTask a", f"boundaryEvent b attachedToRef=a {{{OVER}}}"),
            *("userTask k", "endEvent e", "endEvent f", "endEvent h", "s -> g", "g -> a", "g -> k"),
            *("a -> e", "b -> f", "k -> h"),
        ),
        {"user": {"k": {"x": 6}}},
        "completed",
        "s g k b h f",
    ),
    "condition that holds on happens once, and again after it did not hold": (
        (
            *("startEvent s", f"boundaryEvent b attachedToRef=w cancelActivity=false {{{OVER}}}"),
            *("subProcess w " + THREE_STEPS, "endEvent e", "endEvent f", "s -> w", "w -> e", "b -> f"),
        ),
        {"user": {"p1": {"x": 6}, "p2": {"x": 1}, "p3": {"x": 7}}},
        "completed",
        "s i p1 b f p2 p3 b j w f e",
    ),
    "condition that starts an event subprocess": (
        (
            *("startEvent s", "userTask a", "endEvent e", "s -> a", "a -> e"),
            "subProcess u triggeredByEvent=true " + sub(f"startEvent i {{{OVER}}}", "endEvent j", "i -> j"),
        ),
        {"user": {"s": {"x": 6}}},
        "completed",
        "s i j u",
    ),
    "link": (
        (
            *("startEvent s", "intermediateThrowEvent t {<linkEventDefinition name='x'/>}"),
            *("intermediateCatchEvent c {<linkEventDefinition name='x'/>}", "endEvent e", "s -> t", "c -> e"),
        ),
        {},
        "completed",
        "s t c e",
    ),
    "signal to a parallel branch": (
        (
            *("startEvent s", "parallelGateway g", f"intermediateCatchEvent c {{{SIGNAL}}}", "userTask a"),
            *(f"intermediateThrowEvent t {{{SIGNAL}}}", "endEvent e", "endEvent f", "s -> g", "g -> c", "g -> a"),
            *("a -> t", "t -> e", "c -> f"),
        ),
        {"user": {"a": {}}},
        "completed",
        "s g a t c f e",
    ),
    "signal from outside": (
        ("startEvent s", f"intermediateCatchEvent c {{{SIGNAL}}}", "endEvent e", "s -> c", "c -> e"),
        {"signals": ["alarm"]},
        "completed",
        "s c e",
    ),
    "signal end reaches a boundary": (
        (
            *("startEvent s", "parallelGateway g", "userTask a", f"boundaryEvent b attachedToRef=a {{{SIGNAL}}}"),
            *("userTask k", f"endEvent e {{{SIGNAL}}}", "endEvent f", "s -> g", "g -> a", "g -> k", "k -> e", "b -> f"),
        ),
        {"user": {"k": {}}},
        "completed",
        "s g k e b f",
    ),
    "error caught at the border": (
        (
            *("startEvent s", f"subProcess p1 {FAILING}", f"boundaryEvent b attachedToRef=p1 {{{ERROR}}}"),
            *("task mend", "endEvent e", "endEvent f", "s -> p1", "p1 -> e", "b -> mend", "mend -> f"),
        ),
        {},
        "completed",
        "s i work bad b mend f",
    ),
    "error of another code is not caught": (
        (
            *("startEvent s", f"subProcess p1 {FAILING}", "endEvent e", "endEvent f", "s -> p1", "p1 -> e", "b -> f"),
            "boundaryEvent b attachedToRef=p1 {<errorEventDefinition errorRef='other'/>}",
        ),
        {},
        "incident",
        "s i work",
    ),
    "error caught two scopes up": (
        (
            *("startEvent s", "subProcess p1 " + sub("startEvent o", f"subProcess p2 {FAILING}", "o -> p2")),
            *("boundaryEvent b attachedToRef=p1 {<errorEventDefinition/>}", "endEvent f", "s -> p1", "b -> f"),
        ),
        {},
        "completed",
        "s o i work bad b f",
    ),
    "escalation that does not interrupt": (
        (
            "startEvent s",
            "subProcess p1 "
            + sub("startEvent i", f"intermediateThrowEvent t {{{ESCALATION}}}", "task w", "i -> t", "t -> w"),
            f"boundaryEvent b attachedToRef=p1 cancelActivity=false {{{ESCALATION}}}",
            *("endEvent e", "endEvent f", "s -> p1", "p1 -> e", "b -> f"),
        ),
        {},
        "completed",
        "s i t b f w p1 e",
    ),
    "escalation end that interrupts": (
        (
            *("startEvent s", "subProcess p1 " + sub("startEvent i", f"endEvent t {{{ESCALATION}}}", "i -> t")),
            *(f"boundaryEvent b attachedToRef=p1 {{{ESCALATION}}}", "endEvent e", "endEvent f"),
            *("s -> p1", "p1 -> e", "b -> f"),
        ),
        {},
        "completed",
        "s i t b f",
    ),
    "escalation nobody catches is passed": (
        ("startEvent s", f"endEvent e {{{ESCALATION}}}", "s -> e"),
        {},
        "completed",
        "s e",
    ),
    "event subprocess is not run unasked": (
        (
            *("startEvent s", "task a", "endEvent e", "s -> a", "a -> e"),
            "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{ERROR}}}", "endEvent xe", "xs -> xe"),
        ),
        {},
        "completed",
        "s a e",
    ),
    "event subprocess catches an error": (
        (
            *("startEvent s", f"endEvent e {{{ERROR}}}", "s -> e"),
            "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{ERROR}}}", "endEvent xe", "xs -> xe"),
        ),
        {},
        "completed",
        "s e xs xe x",
    ),
    "event subprocess interrupts": (
        (
            *("startEvent s", "userTask a", "endEvent e", "s -> a", "a -> e"),
            "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{MESSAGE}}}", "endEvent xe", "xs -> xe"),
        ),
        {"messages": ["thu"]},
        "completed",
        "s xs xe x",
    ),
    "event subprocess beside": (
        (
            *("startEvent s", "userTask a", "endEvent e", "s -> a", "a -> e"),
            "subProcess x triggeredByEvent=true "
            + sub(f"startEvent xs isInterrupting=false {{{MESSAGE}}}", "endEvent xe", "xs -> xe"),
        ),
        {"messages": ["thu", "thu"], "user": {"a": {}}},
        "completed",
        "s xs xe x xs xe x a e",
    ),
    "event subprocess by a timer": (
        (
            *("startEvent s", "userTask a", "endEvent e", "s -> a", "a -> e"),
            "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{timer('P1D')}}}", "endEvent xe", "xs -> xe"),
        ),
        {"timers": ["xs"]},
        "completed",
        "s xs xe x",
    ),
    "event subprocess in a subprocess": (
        (
            "startEvent s",
            "subProcess p1 "
            + sub(
                *("startEvent i", "userTask a", "endEvent j", "i -> a", "a -> j"),
                "subProcess x triggeredByEvent=true " + sub(f"startEvent xs {{{SIGNAL}}}", "endEvent xe", "xs -> xe"),
            ),
            *("endEvent e", "s -> p1", "p1 -> e"),
        ),
        {"signals": ["alarm"]},
        "completed",
        "s i xs xe x p1 e",
    ),
    "cycle that does not interrupt": (
        (
            *("startEvent s", "userTask a", f"boundaryEvent b attachedToRef=a cancelActivity=false {{{CYCLE}}}"),
            *("task remind", "endEvent e", "endEvent f", "s -> a", "a -> e", "b -> remind", "remind -> f"),
        ),
        {"timers": ["b", "b", "b", "b"], "user": {"a": {}}},
        "completed",
        "s b remind f b remind f b remind f a e",
    ),
    "error out of one of several": (
        (
            "startEvent s",
            "subProcess p1 {"
            + body(("startEvent i", "userTask w", f"endEvent bad {{{ERROR}}}", "i -> w", "w -> bad"))
            + many("3")
            + "}",
            *(f"boundaryEvent b attachedToRef=p1 {{{ERROR}}}", "endEvent e", "endEvent f"),
            *("s -> p1", "p1 -> e", "b -> f"),
        ),
        {"user": {"w": [{}]}},
        "completed",
        "s i i i w bad b f",
    ),
    "started by a message": (
        (f"startEvent s {{{MESSAGE}}}", "endEvent e", "s -> e"),
        {"messages": ["thu"]},
        "completed",
        "s e",
    ),
    "started by whichever comes": (
        (
            *(f"startEvent s {{{MESSAGE}}}", f"startEvent t {{{SIGNAL}}}", "task a", "task b", "endEvent e"),
            *("s -> a", "t -> b", "a -> e", "b -> e"),
        ),
        {"signals": ["alarm"]},
        "completed",
        "t b e",
    ),
    "terminated within a subprocess": (
        (
            "startEvent s",
            "subProcess p1 "
            + sub(
                *("startEvent i", "parallelGateway g", "userTask a", "endEvent t {<terminateEventDefinition/>}"),
                *("i -> g", "g -> a", "g -> t"),
            ),
            *("endEvent e", "s -> p1", "p1 -> e"),
        ),
        {},
        "completed",
        "s i g t p1 e",
    ),
    "the first event behind a gateway wins": (
        (
            *("startEvent s", "eventBasedGateway g", f"intermediateCatchEvent m {{{MESSAGE}}}"),
            *(f"intermediateCatchEvent t {{{timer('P1D')}}}", "endEvent x", "endEvent y"),
            *("s -> g", "g -> m", "g -> t", "m -> x", "t -> y"),
        ),
        {"messages": ["thu"], "timers": ["t"]},
        "completed",
        "s g m x",
    ),
    "the time comes first": (
        (
            *("startEvent s", "eventBasedGateway g", f"intermediateCatchEvent m {{{MESSAGE}}}"),
            *(f"intermediateCatchEvent t {{{timer('P1D')}}}", "endEvent x", "endEvent y"),
            *("s -> g", "g -> m", "g -> t", "m -> x", "t -> y"),
        ),
        {"timers": ["t"]},
        "completed",
        "s g t y",
    ),
    "a message breaks a task off": (
        (
            *(
                "startEvent s",
                "userTask a",
                f"boundaryEvent b attachedToRef=a {{{MESSAGE}}}",
                "endEvent x",
                "endEvent y",
            ),
            *("s -> a", "a -> x", "b -> y"),
        ),
        {"messages": ["thu"]},
        "completed",
        "s b y",
    ),
    "an escalation starts an event subprocess": (
        (
            *("startEvent s", f"intermediateThrowEvent t {{{ESCALATION}}}", "intermediateThrowEvent n", "endEvent e"),
            *("s -> t", "t -> n", "n -> e"),
            "subProcess x triggeredByEvent=true "
            + sub(f"startEvent xs isInterrupting=false {{{ESCALATION}}}", "endEvent xe", "xs -> xe"),
        ),
        {},
        "completed",
        "s t xs n xe x e",
    ),
}
