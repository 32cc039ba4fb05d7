"""Traces where one element waits for several things, throws as its instances end, or sends several tokens on."""

from tests.engine.process.drawing import MESSAGE, timer
from tests.engine.process.pieces import CYCLE, SIGNAL, Case

BELL = '<signalEventDefinition signalRef="second"/>'
LATE = timer("PT1H")


def behaving(behavior: str, attributes: str = "", inner: str = "") -> str:
    """Three instances, one after the other, that throw something when they are done."""
    return (
        f'<multiInstanceLoopCharacteristics isSequential="true" behavior="{behavior}" {attributes}>'
        f"<loopCardinality>3</loopCardinality>{inner}</multiInstanceLoopCharacteristics>"
    )


def when_thrown(loop: str, cancel: str = "false") -> tuple[str, ...]:
    return (
        *("startEvent s", f"task a {{{loop}}}", "task after", "endEvent e", "task told", "endEvent f"),
        f"boundaryEvent b attachedToRef=a cancelActivity={cancel} {{{SIGNAL}}}",
        *("s -> a", "a -> after", "after -> e", "b -> told", "told -> f"),
    )


def both(event: str, attributes: str = "", throws: str = BELL) -> tuple[str, ...]:
    """One token waits at `event`, the other throws."""
    return (
        *("startEvent s", "parallelGateway g", f"intermediateCatchEvent c{attributes} {{{event}}}", "endEvent e"),
        *(f"intermediateThrowEvent t {{{throws}}}", "endEvent f", "s -> g", "g -> c", "g -> t", "c -> e", "t -> f"),
    )


SECOND_DONE = (
    "<complexBehaviorDefinition><condition>nrOfCompletedInstances == 2</condition>"
    f'<event id="done">{SIGNAL}</event></complexBehaviorDefinition>'
)

SEVERAL: dict[str, Case] = {
    "a complex gateway that splits": (
        (
            *("startEvent s", "userTask a", "complexGateway g default=d", "task b", "task c", "task d_", "endEvent e"),
            *("s -> a", "a -> g", "g -> b if x > 1", "g -> c if x > 2", "d: g -> d_", "b -> e", "c -> e", "d_ -> e"),
        ),
        {"user": {"a": {"x": 3}}},
        "completed",
        "s a g b c e e",
    ),
    "behavior None throws for each instance": (
        when_thrown(behaving("None", 'noneBehaviorEventRef="shared"')),
        {},
        "completed",
        "s a b told a b f told a b f told after f e",
    ),
    "behavior One throws for the first instance": (
        when_thrown(behaving("One", 'oneBehaviorEventRef="shared"')),
        {},
        "completed",
        "s a b told a f a after e",
    ),
    "behavior All throws nothing": (when_thrown(behaving("All")), {}, "completed", "s a a a after e"),
    "behavior Complex throws when its condition holds": (
        when_thrown(behaving("Complex", "", SECOND_DONE), "true"),
        {},
        "completed",
        "s a a b told f",
    ),
    "parallel instances throw as each is done": (
        when_thrown(behaving("None", 'noneBehaviorEventRef="shared"').replace('l="true"', 'l="false"')),
        {},
        "completed",
        "s a b a b a b told told told after f f f e",
    ),
    "the first of several events": (both(SIGNAL + BELL, throws=SIGNAL), {}, "completed", "s g t c f e"),
    "the last of several events": (both(SIGNAL + BELL), {}, "completed", "s g t c f e"),
    "none of several events": (both(MESSAGE + LATE), {}, "waiting", "s g t f"),
    "all of several events": (
        both(SIGNAL + BELL, " parallelMultiple=true", SIGNAL + BELL),
        {},
        "completed",
        "s g t c f e",
    ),
    "one of all that are awaited": (both(SIGNAL + BELL, " parallelMultiple=true"), {}, "waiting", "s g t f"),
    "a boundary event with several": (
        (
            *("startEvent s", "userTask a", f"boundaryEvent b attachedToRef=a {{{MESSAGE}{LATE}}}", "endEvent e"),
            *("endEvent f", "s -> a", "a -> e", "b -> f"),
        ),
        {"timers": ["b"]},
        "completed",
        "s b f",
    ),
    "a boundary event with several that does not interrupt": (
        (
            *("startEvent s", "userTask a", "endEvent e", "endEvent f", "s -> a", "a -> e", "b -> f"),
            f"boundaryEvent b attachedToRef=a cancelActivity=false {{{MESSAGE}{SIGNAL}}}",
        ),
        {"messages": ["thu", "thu"], "signals": ["alarm"]},
        "waiting",
        "s b f b f b f",
    ),
    "a start event with several": (
        (f"startEvent s {{{MESSAGE}{SIGNAL}}}", "task a", "endEvent e", "s -> a", "a -> e"),
        {"signals": ["alarm"]},
        "completed",
        "s a e",
    ),
    "a receive task that starts the process": (
        ("receiveTask s messageRef=letter instantiate=true", "task a", "endEvent e", "s -> a", "a -> e"),
        {"messages": ["thu"]},
        "completed",
        "s a e",
    ),
    "a cycle lets a token go on each time": (
        (
            *("startEvent s", f"intermediateCatchEvent c {{{CYCLE}}}", "task a", "endEvent e"),
            *("s -> c", "c -> a", "a -> e"),
        ),
        {"timers": ["c", "c", "c", "c"]},
        "completed",
        "s c a e c a e c a e",
    ),
}
