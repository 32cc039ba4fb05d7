"""Where everything was installed (.ci/run sets KHENTHUONG_NO_SKIPS), a test that is skipped is a test that failed.

But for what no package gives: a test may say in its reason that it needs root.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TypeVar

import pytest

Report = TypeVar("Report", pytest.TestReport, pytest.CollectReport)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    return failed_if_skipped((yield))


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    return failed_if_skipped((yield))


def failed_if_skipped(report: Report) -> Report:
    rightly = hasattr(report, "wasxfail") or (os.geteuid() != 0 and "needs root" in str(report.longrepr))
    if os.environ.get("KHENTHUONG_NO_SKIPS") and report.skipped and not rightly:
        report.outcome = "failed"
        report.longrepr = f"Skipped where nothing may be: {report.longrepr}"
    return report
