"""The film of a recording: a statistic of all layers, in chunks of some records each."""

import hashlib
from collections.abc import Sequence

from tb_neuron.errors import not_found
from tb_neuron.film_chunk import CHUNK_FRAMES, FilmChunk, make_chunk, make_states_chunk
from tb_neuron.schema.neuron_pb2 import Layer
from tb_neuron.statistic_reader import StatisticReader
from tb_neuron.stored_columns import ColumnReader
from tb_neuron.summary import STATES
from tb_neuron.timeline import Record


class Film:
    """Makes chunks of it when they are asked for.

    Args:
        reader: fetches unit states.
        columns: finds statistics by name.
        layers: those shown, in order.
        records: all of the recording, in step order.
    """

    def __init__(
        self,
        reader: ColumnReader,
        columns: StatisticReader,
        layers: Sequence[Layer],
        records: Sequence[Record],
    ) -> None:
        self._reader, self._columns = reader, columns
        self._layers, self._records = layers, records

    @property
    def chunks(self) -> int:
        """How many chunks the film has."""
        return -(-len(self._records) // CHUNK_FRAMES)

    def chunk_hash(self, number: int) -> str:
        """Return the identity of the records up to a chunk's end: equal hashes, equal films.

        Raises:
            NotFoundError: there is no such chunk.
        """
        self._records_of(number)
        # What is recorded more rarely may be held from before the chunk.
        last = (number + 1) * CHUNK_FRAMES
        digests = b"".join(record.digest for record in self._records[:last])
        return hashlib.blake2b(digests, digest_size=8, person=b"film 2").hexdigest()

    def chunk(self, statistic: str, number: int) -> FilmChunk:
        """Return a chunk of the film of one statistic.

        Raises:
            NotFoundError: there is no such statistic or chunk.
        """
        kind = self._columns.kind(statistic)
        records = self._records_of(number)
        first = number * CHUNK_FRAMES
        units = {layer.name: layer.units for layer in self._layers}
        if statistic == STATES:
            return make_states_chunk(
                self._reader.states(records, units), list(units.values()), first
            )
        found = [self._columns.columns(layer, records, statistic) for layer in self._layers]
        return make_chunk(found, list(units.values()), kind.grid, first)

    def _records_of(self, number: int) -> Sequence[Record]:
        if not 0 <= number < self.chunks:
            raise not_found("chunk", str(number), [f"0 to {self.chunks - 1}"])
        return self._records[number * CHUNK_FRAMES : (number + 1) * CHUNK_FRAMES]
