"""Values through TensorBoard's data provider: what has no local event files is read from here.

That is `gs://`, `--logdir_spec`, a hosted back end or another data server. A provider keeps at most
`samples_per_plugin` steps of a tag (`loader.py` asks for all of them), hands out one blob a call,
and says nothing of damaged records. TensorBoard's own Python provider answers with what was written
first at a step that a resumed training repeated; the values written last are out of reach there.
Its data server (0.7) cannot read a blob of a run with `"` or a backslash in its name.
"""

from collections.abc import Hashable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tensorboard import context as tb_context
from tensorboard.data import provider as tb_provider

from tb_neuron.errors import DamagedRecordError
from tb_neuron.metadata import PLUGIN_NAME, UNITS_PLUGIN_NAME, Tag, format_tag, parse_tag
from tb_neuron.source import Place, Problem, StoredValue

#: One blob takes milliseconds of waiting; four at a time are ten times as fast as one.
_PARALLEL_READS = 8
_ALL_STEPS = (1 << 31) - 1

#: Of one tag of one run: where it is listed, and what changes when something is written.
_Listed = tuple[str, Hashable]


class ProviderSource:
    """The values that a data provider has.

    Args:
        data_provider: TensorBoard's `DataProvider`, from `TBContext.data_provider`.
        logdir: where its data lies, for a person.
        experiment_id: of the experiment; empty for a local TensorBoard.
        context: of the request on whose behalf is read.
    """

    description = "data provider"
    keeps_everything = False

    def __init__(
        self,
        data_provider: Any,
        logdir: str = "",
        experiment_id: str = "",
        context: tb_context.RequestContext | None = None,
    ) -> None:
        self.logdir = logdir
        self._provider = data_provider
        self._experiment_id = experiment_id
        self._context = context or tb_context.RequestContext()
        self._listed: dict[str, dict[Tag, _Listed]] = {}
        self._values: dict[tuple[str, Tag], list[StoredValue]] = {}
        self._pool = ThreadPoolExecutor(_PARALLEL_READS, thread_name_prefix="tb_neuron")

    def refresh(self) -> None:
        """List the tags, and the values of those that something was written to."""
        before, self._listed = self._listed, self._list()
        values: dict[tuple[str, Tag], list[StoredValue]] = {}
        for run, tags in self._listed.items():
            unchanged = before.get(run, {})
            changed = [tag for tag in tags if unchanged.get(tag) != tags[tag]]
            for tag in tags:
                values[run, tag] = self._values.get((run, tag), [])
            for plugin_name in (PLUGIN_NAME, UNITS_PLUGIN_NAME):
                wanted = [tag for tag in changed if tags[tag][0] == plugin_name]
                values.update(self._read_values(run, wanted, plugin_name))
        self._values = values

    def runs(self) -> list[str]:
        """Return the runs that hold a value of ours, in name order."""
        return sorted(self._listed)

    def tags(self, run: str) -> list[Tag]:
        """Return a run's tags, in name order."""
        return sorted(self._listed.get(run, {}))

    def values(self, run: str, tag: Tag) -> list[StoredValue]:
        """Return a tag's values in step order: the provider does not tell when each was written."""
        return self._values.get((run, tag), [])

    def read(self, places: Sequence[Place]) -> list[bytes]:
        """Return blobs, in the order asked for, several at a time.

        Raises:
            DamagedRecordError: there is no such blob, or the provider could not read it.
        """
        keys = [_blob_key(place) for place in places]
        if len(keys) < 2:
            return [self._read_blob(key) for key in keys]
        return list(self._pool.map(self._read_blob, keys))

    def problems(self, run: str) -> list[Problem]:  # noqa: ARG002
        """Return nothing: a provider keeps its problems to itself."""
        return []

    def _list(self) -> dict[str, dict[Tag, _Listed]]:
        listed: dict[str, dict[Tag, _Listed]] = {}
        for plugin_name in (PLUGIN_NAME, UNITS_PLUGIN_NAME):
            series = self._provider.list_blob_sequences(
                self._context, experiment_id=self._experiment_id, plugin_name=plugin_name
            )
            for run, tags in series.items():
                for text, one in tags.items():
                    tag = parse_tag(text)
                    if tag is not None:
                        state = (one.max_step, one.max_wall_time, one.max_length)
                        listed.setdefault(run, {})[tag] = (plugin_name, state)
        return listed

    def _read_values(
        self, run: str, tags: Sequence[Tag], plugin_name: str
    ) -> dict[tuple[str, Tag], list[StoredValue]]:
        if not tags:
            return {}
        texts = {format_tag(tag): tag for tag in tags}
        answer = self._provider.read_blob_sequences(
            self._context,
            experiment_id=self._experiment_id,
            plugin_name=plugin_name,
            downsample=_ALL_STEPS,
            run_tag_filter=tb_provider.RunTagFilter(runs=[run], tags=list(texts)),
        )
        return {
            (run, texts[text]): [_stored(datum) for datum in data]
            for text, data in answer.get(run, {}).items()
        }

    def _read_blob(self, key: str) -> bytes:
        try:
            return self._provider.read_blob(self._context, blob_key=key)
        except Exception as error:
            # Each provider raises errors of its own; to a reader they all mean the same.
            raise DamagedRecordError(
                f"the data provider could not read a blob ({error}); refresh the experiment"
            ) from error


def _stored(datum: Any) -> StoredValue:
    keys = tuple(reference.blob_key for reference in datum.values)
    # The same key holds another value after a resumed training repeated the step.
    identity = (keys[:1], len(keys), datum.wall_time)
    return StoredValue(identity, datum.step, datum.wall_time, len(keys), keys)


def _blob_key(place: Place) -> str:
    value, blob = place
    if not 0 <= blob < value.blobs:
        raise DamagedRecordError(f"a value of {value.blobs} blobs has no {blob}")
    return value.location[blob]
