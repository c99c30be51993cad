"""Planes that are made in the background and kept, so that no request waits for a slow one.

A thread lays out one record after the other as long as somebody asks; whoever asks gets what is
there, and asks again for the rest.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence

from tb_neuron.planes import (
    Placed,
    PlaneChoice,
    Planes,
    PlaneTask,
    align,
    outward,
    place,
    plane_tasks,
    record_at,
)
from tb_neuron.projections import find_projection
from tb_neuron.recording import Recording

#: Run, model, probe set and choice; of a projection by an anchor record, also its identity.
_Key = tuple[str, str, str, PlaneChoice, bytes]
#: Layers, sorts of points and projections that are kept; a few megabytes each.
KEPT = 12
#: A request waits this long for what is quick.
PATIENCE_SECONDS = 0.25
#: Work that nobody has asked about for so long is laid aside.
IDLE_SECONDS = 20.0


class PlaneShelf:
    """Planes by recording and choice; for use in any thread.

    Args:
        clock: seconds, from any start.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._series: OrderedDict[_Key, _Series] = OrderedDict()

    def planes(
        self,
        recording: Recording,
        choice: PlaneChoice,
        anchor_step: int,
        patience: float = PATIENCE_SECONDS,
    ) -> Planes:
        """Return all records of a layer in one plane, as far as they are laid out.

        Args:
            recording: whose responses.
            choice: of which points, and how.
            anchor_step: the record to align to, at or before the step.
            patience: seconds to wait for what is missing.

        Raises:
            NotFoundError: no responses were recorded of this layer, or a package is missing.
            InvalidArgumentError: there are too few points for the projection.
        """
        tasks = plane_tasks(recording, choice)
        # Records that follow their neighbours serve any anchor; those on an anchor's plane one.
        follows = find_projection(choice.projection).follows
        origin = b"" if follows else tasks[record_at(tasks, anchor_step)].identity
        series = self._series_of((recording.run, recording.model, recording.probe, choice, origin))
        made = series.ask(recording, tasks, anchor_step, patience)
        placed = [made.get(task.identity) for task in tasks]
        return align(tasks, placed, choice, anchor_step, series.origin_step)

    def _series_of(self, key: _Key) -> "_Series":
        with self._lock:
            found = self._series.pop(key, None) or _Series(key[3], self._clock)
            self._series[key] = found
            while len(self._series) > KEPT:
                _, dropped = self._series.popitem(last=False)
                dropped.stop()
            return found


class _Series:
    """The records of one choice, laid out one after the other.

    Attributes:
        origin_step: of the record that is laid out first, from which the others follow.
    """

    def __init__(self, choice: PlaneChoice, clock: Callable[[], float]) -> None:
        self._choice, self._clock = choice, clock
        self._follows = find_projection(choice.projection).follows
        self._changed = threading.Condition()
        self._made: dict[bytes, Placed] = {}
        self._asked: tuple[Recording, Sequence[PlaneTask]] | None = None
        self._asked_at = 0.0
        self._failure: Exception | None = None
        self._thread: threading.Thread | None = None
        self.origin_step = 0

    def ask(
        self, recording: Recording, tasks: Sequence[PlaneTask], step: int, patience: float
    ) -> dict[bytes, Placed]:
        """Return what is made of some records, by identity; go on with the others.

        Args:
            recording: whose records.
            tasks: all of them, in step order.
            step: of what is wanted first.
            patience: seconds to wait for what is missing.
        """
        with self._changed:
            known = {task.identity for task in tasks}
            self._made = {each: placed for each, placed in self._made.items() if each in known}
            self._asked, self._asked_at = (recording, tasks), self._clock()
            # Records that follow from each other keep to where they began.
            if not (self._follows and self._made):
                self.origin_step = tasks[record_at(tasks, step)].step
            if self._thread is None and len(self._made) < len(known):
                self._failure = None
                self._thread = threading.Thread(
                    target=self._work, name="tb_neuron planes", daemon=True
                )
                self._thread.start()
            self._changed.wait_for(lambda: self._thread is None, patience)
            if self._failure is not None:
                raise self._failure
            return dict(self._made)

    def stop(self) -> None:
        """Lay nothing out beyond the record at work, until somebody asks again."""
        with self._changed:
            self._asked = None

    def _work(self) -> None:
        try:
            while (found := self._next()) is not None:
                recording, task, before = found
                placed = place(recording, self._choice, task, before)
                with self._changed:
                    self._made[task.identity] = placed
        except Exception as error:
            with self._changed:
                self._failure = error
        finally:
            with self._changed:
                self._thread = None
                self._changed.notify_all()

    def _next(self) -> tuple[Recording, PlaneTask, Placed | None] | None:
        """Return the next record that is missing, with its neighbour; None if there is none."""
        with self._changed:
            if self._asked is None or self._clock() - self._asked_at > IDLE_SECONDS:
                return None
            recording, tasks = self._asked
            origin = record_at(tasks, self.origin_step)
            for number, first in outward(len(tasks), origin, self._follows):
                if tasks[number].identity not in self._made:
                    before = None if first is None else tasks[first].identity
                    return recording, tasks[number], self._made.get(before or b"")
            return None
