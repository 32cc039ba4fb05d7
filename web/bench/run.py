"""The rows of the table of limits (docs of `khenthuong bench`), each a ratio measured in one run.

What is compared is taken in turn, one of each, so that whatever else the machine does meets all alike. Figures are
medians after a warm-up, in milliseconds unless they say otherwise.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select, text

from engine.commands import BatchItem, CompleteBatch
from engine.office import moving
from engine.office.act import Trial
from engine.office.queries import inbox
from engine.process.instance import Instance
from engine.process.moves import Complete
from engine.store import tables
from engine.store.sealing import Sealer
from web.bench import procedure
from web.bench.house import UNIT, House, Houses, houses
from web.bench.naive import Alone, Floor, Naive, Raw
from web.bench.visits import served


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    store: int  # open nominations beside those that are measured
    walks: int  # nominations taken all the way
    visits: int  # completions over HTTP
    returns: int
    batch: int
    singles: int
    inbox: tuple[int, int]  # open tasks of the small and of the large office
    looks: int  # at the inbox
    finished: int  # nominations whose bytes are counted and that are executed again


FULL = Size(10_000, 40, 200, 1_000, 1_000, 200, (1_000, 100_000), 60, 300)
QUICK = Size(100, 3, 10, 40, 50, 20, (100, 500), 10, 5)


@dataclass(frozen=True)
class Row:
    """One limit. `ratio` is what the goal bounds where the goal is a ratio; `value` is the figure itself."""

    name: str
    value: float
    unit: str
    ratio: float | None
    goal: str
    met: bool


class Times:
    """Durations in milliseconds, by what they are of."""

    def __init__(self) -> None:
        self._of: defaultdict[str, list[float]] = defaultdict(list)

    @contextmanager
    def of(self, what: str) -> Iterator[None]:
        begun = perf_counter()
        yield
        self._of[what].append((perf_counter() - begun) * 1_000)

    def all(self, what: str) -> list[float]:
        return self._of[what]

    def median(self, what: str) -> float:
        return median(self._of[what])

    def forget(self) -> None:
        """Begin to measure: what was taken so far was the warm-up."""
        self._of.clear()


def run(
    database: str | None, folder: Path, *, quick: bool = False, say: Callable[[str], Any] = print
) -> dict[str, Any]:
    """Measure everything and return `{"database", "rows", "measured"}`.

    Args:
        database: URL of a PostgreSQL database, in schemas of its own that are dropped at the end; None: SQLite.
        folder: an empty folder for databases and logs.
        say: told what is being measured.
    """
    size = QUICK if quick else FULL
    with houses(database, folder) as built:
        bench = Bench(built, size, say)
        rows = bench.rows()
    return {
        "database": "postgresql" if database else "sqlite",
        "rows": [asdict(row) for row in rows],
        "measured": {name: round(value, 4) for name, value in bench.measured.items()},
    }


class Bench:
    """One run over freshly made offices."""

    def __init__(self, built: Houses, size: Size, say: Callable[[str], Any]) -> None:
        self.built = built
        self.size = size
        self.say = say
        self.measured: dict[str, float] = {}
        self.house = built.new()
        self.raw = Raw(built.empty())

    def rows(self) -> list[Row]:
        parts = (self._completions, self._visits, self._returns, self._batch, self._bytes_and_replay, self._inbox)
        self.say(f"fill {self.size.store}")
        self.house.fill(self.size.store)
        rows = []
        for part in parts:
            self.say(part.__name__.strip("_"))
            rows += part()
        self.raw.close()
        return rows

    # --- one completion

    def _completions(self) -> list[Row]:
        times, floor, naive, alone = Times(), Floor(self.raw), Naive(self.raw), Alone()
        for walk in range(self.size.walks + 1):
            if walk == 1:
                times.forget()
            code, id = self.house.nominate(), naive.start()
            memory = Memory(self.house)
            alone.start()
            for element in procedure.STEPS:
                [command] = [self.house.completing(t, v) for t, v, e in self.house.tasks(code) if e == element]
                with times.of("floor"):
                    floor.commit()
                with times.of("completion"):
                    self.house.engine.complete_task(command)
                memory.read(element)
                with times.of("step"):
                    memory.move()
                with times.of("alone"):
                    alone.complete(element)
                with times.of("naive"):
                    naive.complete(id, element)
        ours, bound = times.median("completion"), times.median("floor") + times.median("step")
        for what in ("completion", "floor", "step", "alone", "naive"):
            self.measured[f"{what}_ms"] = times.median(what)
        return [
            bounded("completion_vs_floor", ours, "ms", ours / bound, most=2.0),
            bounded("completion_vs_naive", ours, "ms", times.median("naive") / ours, least=5.0),
        ]

    def _visits(self) -> list[Row]:
        times = Times()
        with served(self.house) as official:
            for visit in range(self.size.visits + 5):
                if visit == 5:
                    times.forget()
                [(task, version, _)] = self.house.tasks(self.house.nominate())
                official.look(task)
                with times.of("post"):
                    official.complete(task, version)
        value = times.median("post")
        return [Row("http_completion_ms", round(value, 3), "ms", None, "<= 8 ms", value <= 8)]

    def _returns(self) -> list[Row]:
        times, code = Times(), self.house.nominate()
        for number in range(1, self.size.returns + 1):
            for outcome in (procedure.GOES_ON, procedure.GOES_BACK):
                with self.house.database.read() as reader:
                    t = tables.user_task.c
                    query = select(t.id, t.version).where(t.code == code, t.state == "open")
                    task, version = reader.execute(query).one()
                command = self.house.completing(task, version, outcome)
                with times.of(str(number)):
                    self.house.engine.complete_task(command)

        def around(first: int, last: int) -> float:
            return median(sum(times.all(str(number))) for number in range(first, last))

        last = around(self.size.returns - 10, self.size.returns + 1)
        return [bounded("returns_last_vs_first", last, "ms", last / around(5, 16), most=1.5)]

    # --- many

    def _batch(self) -> list[Row]:
        rows = self._waiting(self.size.batch + self.size.singles)
        times, engine = Times(), self.house.engine
        for task, version in rows[: self.size.singles]:
            command = self.house.completing(task, version)
            with times.of("single"):
                engine.complete_task(command)
        form = procedure.filled()
        items = tuple(BatchItem(task=t, expected_version=v, form=form) for t, v in rows[self.size.singles :])
        with times.of("batch"):
            engine.complete_batch(
                CompleteBatch(command_id=str(uuid4()), actor=self.house.official.person.id, items=items)
            )
        seconds, singles = times.median("batch") / 1_000, times.median("single") / 1_000 * len(items)
        self.measured["batch_singles_s"] = singles
        met = singles >= 3 * seconds and seconds <= 1.5
        return [Row("batch_1000_vs_single", _r(seconds), "s", _r(singles / seconds), ">= 3x and <= 1.5 s", met)]

    def _waiting(self, count: int) -> list[tuple[str, int]]:
        """Return id and version of so many open tasks of the first step."""
        t = tables.user_task.c
        if count > self.size.store:
            self.house.fill(count - self.size.store)
        with self.house.database.read() as reader:
            query = select(t.id, t.version).where(t.state == "open", t.element == procedure.STEPS[0])
            return [(row.id, row.version) for row in reader.execute(query.order_by(t.id).limit(count))]

    def _inbox(self) -> list[Row]:
        small, large = self.built.new(), self.house
        for house, count in zip((small, large), self.size.inbox, strict=True):
            house.fill(count - _open_tasks(house))
        _analyze(large)
        times = Times()
        for look in range(self.size.looks + 3):
            if look == 3:
                times.forget()
            for name, house in (("small", small), ("large", large)):
                with house.reading() as reading, times.of(f"query_{name}"):
                    inbox.listed(reading, "group", {})
                with times.of(name):
                    house.engine.inbox(house.official, "group")
        with served(large) as official:
            for look in range(self.size.looks + 3):
                with times.of("page" if look >= 3 else "warm_up"):
                    official.inbox()
        page = quantiles(times.all("page"), n=20)[-1]
        query, ratio = times.median("query_large"), times.median("large") / times.median("small")
        self.measured |= {"inbox_read_ms": times.median("large"), "inbox_query_small_ms": times.median("query_small")}
        return [
            Row("inbox_100k_vs_1k", _r(query), "ms", _r(ratio), "<= 1.5x, query <= 1 ms", ratio <= 1.5 and query <= 1),
            Row("inbox_page_p95_ms", _r(page), "ms", None, "< 20 ms", page < 20),
        ]

    # --- finished nominations

    def _bytes_and_replay(self) -> list[Row]:
        house, naive_raw = self.built.new(), Raw(self.built.empty())
        naive, raw = Naive(naive_raw), Raw(house.database.url)
        empty = raw.size()
        codes = [house.nominate() for _ in range(self.size.finished)]
        for code in codes:
            house.finish(code)
            id = naive.start()
            for element in procedure.STEPS:
                naive.complete(id, element)
        Sealer(house.database, self.built.folder, house.engine.clock).run(urgent=True)
        ours = (raw.size() - empty) / len(codes)
        raw.close()
        theirs = naive_raw.size() / len(codes)
        naive_raw.close()
        self.measured |= {"bytes_naive": theirs}
        met = ours <= theirs / 2 and ours <= 12_000
        counted = Row("bytes_vs_naive", _r(ours), "bytes", _r(ours / theirs), "<= 0.5x and <= 12 kB", met)
        return [counted, self._replay(house, codes)]

    def _replay(self, house: House, codes: list[str]) -> Row:
        times = Times()
        streams = [f"nomination:{house.engine.nomination(house.official, code).id}" for code in codes]
        for turn in range(4):
            if turn == 1:
                times.forget()
            with times.of("verify"):
                report = house.engine.verify(streams)
            if not report.ok or report.reexecuted != len(codes):
                raise RuntimeError(f"not as it was written: {report}")
            for _ in codes:
                memory = Memory(house)
                for element in procedure.STEPS:
                    memory.read(element)
                    with times.of(f"memory {turn}"):
                        memory.move()
                        memory.state_hash()
        lived = median(sum(times.all(f"memory {turn}")) for turn in range(1, 4))
        value = times.median("verify") / len(codes)
        self.measured["memory_ms"] = lived / len(codes)
        return bounded("replay_vs_memory", value, "ms", value / self.measured["memory_ms"], most=2.0)


class Memory:
    """A nomination that lives in memory: the engine's own step and nothing besides."""

    def __init__(self, house: House) -> None:
        self._house = house
        with house.database.read() as reader:
            sight = Trial(reader, house.official.person.id, house.engine.clock.now(), house.engine.releases)
            self._release = sight.releases.in_force(reader, sight.today)
            self._context = lambda: moving.context_of(sight, UNIT)
            self._today = sight.today
            process, variables = self._release.process(procedure.PROCESS), {"nomination.kind": "ca_nhan"}
            self._instance, _ = Instance.start(process, UUID(int=0), self._context(), variables)

    def read(self, element: str) -> None:
        """Make ready to complete the open step of an element."""
        [step] = [step for step in self._instance.open_steps if step.element == element]
        form, known = self._release.form("step"), self._instance.variables
        loaded = self._release.catalog.load(form, procedure.filled(), known=known, today=self._today)
        self._move, self._asked = Complete(step.key, loaded.variables), self._context()

    def move(self) -> None:
        self._instance.handle(self._move, self._asked)

    def state_hash(self) -> str:
        return self._instance.state_hash()


def bounded(
    name: str, value: float, unit: str, ratio: float, *, most: float | None = None, least: float | None = None
) -> Row:
    """Return the row of a ratio that may be at most, or must be at least, so much."""
    if most is not None:
        return Row(name, _r(value), unit, _r(ratio), f"<= {most}x", ratio <= most)
    return Row(name, _r(value), unit, _r(ratio), f">= {least}x", least is not None and ratio >= least)


def _r(value: float) -> float:
    return round(value, 3)


def _open_tasks(house: House) -> int:
    with house.database.read() as reader:
        return int(reader.execute(text("SELECT count(*) FROM user_task WHERE state = 'open'")).scalar_one())


def _analyze(house: House) -> None:
    if house.database.writer.dialect.name == "postgresql":
        with house.database.writer.begin() as connection:
            connection.execute(text("ANALYZE"))
