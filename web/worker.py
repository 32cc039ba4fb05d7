"""`khenthuong worker`: the jobs of an office on PostgreSQL. Any number of them may run, on any hosts.

procrastinate wakes one worker for each job that may have something due. A worker that is killed leaves nothing behind
that matters: what it did is done, what it did not is due. Who signs heads needs the office's key in its data folder.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event
from typing import Any

from procrastinate import App, JobContext
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import DeleteJobCondition, Status

from engine.errors import CannotOpen
from engine.office.jobs import Jobs
from engine.store import queue
from web import texts
from web.office import Place, open_engine
from web.post import post_of

AGAIN_AFTER = 5.0  # seconds without a database
MOST_LOTS = 50  # of one job before others have their turn
# When there may be something due: seconds stand last.
TIMES = {
    "timers": "* * * * * */5",
    "documents": "* * * * * */5",
    "reminders": "*/5 * * * *",
    "drafts": "*/5 * * * *",
    "messages": "* * * * * */15",
    "seal": "* * * * * */5",
}

logger = logging.getLogger("khenthuong")


def work(place: Place, say: Callable[[str], Any], fail: Callable[[str], Any]) -> int:
    """Do the jobs until stopped by a signal; return the exit code. A database that is away is waited for.

    Raises:
        CannotOpen: at the start, as engine.store.opening; or the office is on SQLite, where `serve` does them.
    """
    if place.on_sqlite:
        raise CannotOpen(why="one_process")
    engine = open_engine(place)
    jobs = Jobs(engine, place.data, post_of(place.data))
    jobs.refuse_misfit()
    app = app_with(str(place.url), jobs)
    say(texts._("Tiến trình nền đang chạy."))
    pause = Event()
    while True:
        try:
            app.run_worker(delete_jobs=DeleteJobCondition.ALWAYS, concurrency=1)
            break
        except (ConnectorException, CannotOpen, OSError) as problem:
            away = problem if isinstance(problem, CannotOpen) else CannotOpen(why="unreachable")
            fail(texts.sentence(away))
            pause.wait(AGAIN_AFTER)
    engine.database.close()
    return 0


def app_with(url: str, jobs: Jobs) -> App:
    """Return procrastinate with a task for each job."""
    app = queue.app_of(url)
    for name in jobs.names:
        app.periodic(cron=TIMES[name])(app.task(name=name, queueing_lock=name)(_lots_of(jobs, name)))

    @app.task(name=queue.SEAL_NOW, queueing_lock=queue.SEAL_NOW)
    def seal_now() -> None:
        jobs.seal(urgent=True)

    @app.periodic(cron="* * * * *")
    @app.task(name="tidy", queueing_lock="tidy", pass_context=True)
    async def tidy(context: JobContext, timestamp: int) -> None:
        """Take away what killed workers left as being done."""
        for job in await app.job_manager.get_stalled_jobs():
            await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)

    return app


def _lots_of(jobs: Jobs, name: str) -> Callable[[int], None]:
    def do(timestamp: int) -> None:
        for _lot in range(MOST_LOTS):
            if not jobs.run(name):
                return

    return do
