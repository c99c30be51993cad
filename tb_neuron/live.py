"""The one experiment that all of TensorBoard's request threads read, kept up to date."""

import contextlib
import threading
import time
from collections.abc import Callable

from tb_neuron.experiment import Experiment
from tb_neuron.source import Source

#: Newly written records are looked for at most this often.
REFRESH_SECONDS = 1.0


class LiveExperiment:
    """An experiment that is opened on first use and refreshed when it is asked for.

    Args:
        open_source: makes the source; called by the first reader.
        clock: seconds, from any start.
    """

    def __init__(
        self, open_source: Callable[[], Source], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._open_source = open_source
        self._clock = clock
        self._lock = threading.Lock()
        self._experiment: Experiment | None = None
        self._refreshed = 0.0
        self._glance: threading.Thread | None = None

    def current(self) -> Experiment:
        """Return the experiment, refreshed if that is due; for use in any thread.

        Only the first reader has to wait: while one thread refreshes, the others go on with what
        is known.
        """
        known = self._experiment
        if known is not None and not self._lock.acquire(blocking=False):
            return known
        if known is None:
            self._lock.acquire()
        try:
            return self._refresh_if_due()
        finally:
            self._lock.release()

    def has_recordings(self, patience: float = 0.5) -> bool:
        """Say whether a recording is known, after a look that takes at most `patience` seconds.

        A longer look at a large logdir goes on in the background; until it is done, the answer is
        what was known before.
        """
        if self._glance is None or not self._glance.is_alive():
            self._glance = threading.Thread(target=self._look, name="tb_neuron", daemon=True)
            self._glance.start()
        self._glance.join(patience)
        known = self._experiment
        return known is not None and any(run.recordings for run in known.runs.values())

    def _refresh_if_due(self) -> Experiment:
        if self._experiment is None:
            self._experiment = Experiment(self._open_source())
        elif self._clock() - self._refreshed >= REFRESH_SECONDS:
            self._experiment.refresh()
        else:
            return self._experiment
        self._refreshed = self._clock()
        return self._experiment

    def _look(self) -> None:
        # Who asks for data gets the error; a glance only finds nothing.
        with contextlib.suppress(Exception):
            self.current()
