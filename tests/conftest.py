"""Fixtures shared by the tests: the built-in study, run once a process."""

from __future__ import annotations

import pytest

from zones.pipeline import StudyResult, run_study
from zones.study import Study


@pytest.fixture(scope="session")
def result() -> StudyResult:
    return run_study(Study())
