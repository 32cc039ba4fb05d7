"""SpiffWorkflow's sources of chance: those we know, and no others."""

import ast
import time
from pathlib import Path
from uuid import UUID

import SpiffWorkflow
from SpiffWorkflow import task as spiff_task

from engine.process.spiff.chance import Counter, counting

ROOT = Path(SpiffWorkflow.__file__).parent
# Modules and functions through which a version could read time, chance or the order of hashes of this process.
SOURCES = {"time", "datetime", "random", "secrets", "uuid", "os", "threading"}
BUILT_IN = {"hash", "id"}

# Where version 3.2.0 uses any of them. Of these, `task` is taken over by engine.process.spiff.chance; the timers,
# the parsers and the serializers are never reached, for we use none of their classes; the rest are types alone.
KNOWN = {
    "bpmn/parser/BpmnParser.py": {"id", "os"},
    "bpmn/serializer/default/workflow.py": {"UUID"},
    "bpmn/serializer/helpers/registry.py": {"UUID", "datetime", "timedelta"},
    "bpmn/serializer/migration/version_1_2.py": {"datetime", "timedelta"},
    "bpmn/serializer/migration/version_1_3.py": {"uuid4"},
    "bpmn/specs/event_definitions/timer.py": {
        *("datetime", "timedelta", "timezone"),
        *("dstoffset", "localtime", "struct_time", "tzoffset"),
    },
    "dmn/parser/BpmnDmnParser.py": {"os"},
    "serializer/json.py": {"uuid"},
    "serializer/xml.py": {"UUID"},
    "specs/SubWorkflow.py": {"os"},
    "specs/WorkflowSpec.py": {"id"},
    "spiff/parser/process.py": {"os"},
    "task.py": {"UUID", "time", "uuid4"},
    "util/compat.py": {"Lock"},
    "util/event.py": {"Lock"},
    "workflow.py": {"UUID"},
}


def sources_in(module: Path) -> set[str]:
    tree = ast.parse(module.read_text("utf-8"))
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.name in SOURCES or (isinstance(node, ast.ImportFrom) and node.module in SOURCES)
    }
    called = {node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    used = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    return {name for name in imported if name in used} | (called & BUILT_IN)


def test_spiffworkflow_reads_time_and_chance_nowhere_else_than_known():
    found = {module.relative_to(ROOT).as_posix(): sources_in(module) for module in sorted(ROOT.rglob("*.py"))}
    assert {path: names for path, names in found.items() if names} == KNOWN


def test_tasks_are_numbered_and_time_stands_still_while_counting():
    counter = Counter(41)
    with counting(counter):
        assert spiff_task.uuid4() == UUID(int=42)
        assert spiff_task.time.time() == 0.0
    assert counter.last == 42


def test_spiffworkflow_is_as_it_came_outside_of_counting():
    assert spiff_task.uuid4() != spiff_task.uuid4()
    assert spiff_task.time.time() >= time.time() - 60
