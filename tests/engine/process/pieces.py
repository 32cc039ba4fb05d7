"""Pieces of which the diagrams of traces are put together."""

from typing import Any

from tests.engine.process.drawing import body, timer

ROOTS = (
    '<signal id="sig" name="alarm"/><error id="err" errorCode="E1"/><error id="other" errorCode="E2"/>'
    '<escalation id="esc" escalationCode="X1"/>'
    '<signalEventDefinition id="shared" signalRef="sig"/><globalTask id="mark"/><signal id="second" name="bell"/>'
)
SIGNAL = '<signalEventDefinition signalRef="sig"/>'
ERROR = '<errorEventDefinition errorRef="err"/>'
ESCALATION = '<escalationEventDefinition escalationRef="esc"/>'
THREE, BEFORE = 'loopMaximum="3"', 'testBefore="true"'
CYCLE = timer("R3/PT1H", "timeCycle")


def sub(*lines: str) -> str:
    return "{" + body(lines) + "}"


def loop(attributes: str = "", condition: str = "") -> str:
    inner = f"<loopCondition>{condition}</loopCondition>" if condition else ""
    return f"<standardLoopCharacteristics {attributes}>{inner}</standardLoopCharacteristics>"


def until(cardinality: str, condition: str, sequential: str = "false") -> str:
    return (
        f'<multiInstanceLoopCharacteristics isSequential="{sequential}">'
        f"<loopCardinality>{cardinality}</loopCardinality>"
        f"<completionCondition>{condition}</completionCondition></multiInstanceLoopCharacteristics>"
    )


SHARED = "<eventDefinitionRef>shared</eventDefinitionRef>"
OVER = "<conditionalEventDefinition><condition>x &gt; 5</condition></conditionalEventDefinition>"
THREE_STEPS = sub(
    *("startEvent i", "userTask p1", "userTask p2", "userTask p3", "endEvent j"),
    *("i -> p1", "p1 -> p2", "p2 -> p3", "p3 -> j"),
)
UNDO = "<compensateEventDefinition/>"
CANCEL = "<cancelEventDefinition/>"
CANCELLING = sub("startEvent i", "task w", f"endEvent bad {{{CANCEL}}}", "i -> w", "w -> bad")
FAILING = sub("startEvent i", "task work", f"endEvent bad {{{ERROR}}}", "i -> work", "work -> bad")
Case = tuple[tuple[str, ...], dict[str, Any], str, str]
