/** The container of bulk answers (`tb_neuron/http_api.md`): a header and typed arrays, viewed in place. */

const MAGIC = "TBNEURN1";
const PREFIX_BYTES = 16;
const ALIGNMENT = 8;

const VIEWS = {
  uint8: Uint8Array,
  int32: Int32Array,
  uint32: Uint32Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

type Dtype = keyof typeof VIEWS;
type ViewOf<D extends Dtype> = InstanceType<(typeof VIEWS)[D]>;

interface Entry {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly offset: number;
}

/** Bytes that are not a container, or one without the array that was asked for. */
export class ContainerError extends Error {
  override readonly name = "ContainerError";
}

/** A decoded container; its arrays are views of the answer's bytes. */
export class Container {
  private readonly entries: ReadonlyMap<string, Entry>;

  constructor(
    /** The header as JSON, still to be checked by its parser in `wire.ts`. */
    readonly header: unknown,
    entries: readonly Entry[],
    private readonly buffer: ArrayBuffer,
    private readonly start: number,
  ) {
    this.entries = new Map(entries.map((entry) => [entry.name, entry]));
  }

  has(name: string): boolean {
    return this.entries.has(name);
  }

  /** Lengths of the array's axes. */
  shape(name: string): readonly number[] {
    return this.entry(name).shape;
  }

  uint8(name: string): Uint8Array {
    return this.view(name, "uint8");
  }

  int32(name: string): Int32Array {
    return this.view(name, "int32");
  }

  uint32(name: string): Uint32Array {
    return this.view(name, "uint32");
  }

  float32(name: string): Float32Array {
    return this.view(name, "float32");
  }

  float64(name: string): Float64Array {
    return this.view(name, "float64");
  }

  private entry(name: string): Entry {
    const entry = this.entries.get(name);
    if (!entry) {
      throw new ContainerError(
        `the answer has no array "${name}"; it has ${[...this.entries.keys()].join(", ")}`,
      );
    }
    return entry;
  }

  private view<D extends Dtype>(name: string, dtype: D): ViewOf<D> {
    const entry = this.entry(name);
    if (entry.dtype !== dtype) {
      throw new ContainerError(`array "${name}" should be ${dtype}, not ${entry.dtype}`);
    }
    const made = new VIEWS[dtype](this.buffer, this.start + entry.offset, size(entry));
    return made as ViewOf<D>;
  }
}

/**
 * View an answer of media type `application/x-tb-neuron`.
 *
 * @throws ContainerError when the bytes are no container or an array lies outside of them
 */
export function decodeContainer(buffer: ArrayBuffer): Container {
  if (buffer.byteLength < PREFIX_BYTES || magicOf(buffer) !== MAGIC) {
    throw new ContainerError("the answer is not a tb_neuron container");
  }
  const jsonBytes = new DataView(buffer).getUint32(MAGIC.length, true);
  const start = PREFIX_BYTES + jsonBytes;
  if (start > buffer.byteLength || start % ALIGNMENT !== 0) {
    throw new ContainerError(`the container's header of ${jsonBytes} bytes does not fit`);
  }
  const json: unknown = JSON.parse(
    new TextDecoder().decode(new Uint8Array(buffer, PREFIX_BYTES, jsonBytes)),
  );
  const { header, arrays } = fields(json);
  const entries = arrays.map((array) => parseEntry(array, buffer.byteLength - start));
  return new Container(header, entries, buffer, start);
}

function magicOf(buffer: ArrayBuffer): string {
  return String.fromCharCode(...new Uint8Array(buffer, 0, MAGIC.length));
}

function fields(json: unknown): { header: unknown; arrays: readonly unknown[] } {
  if (typeof json === "object" && json !== null && "header" in json && "arrays" in json) {
    if (Array.isArray(json.arrays)) return { header: json.header, arrays: json.arrays };
  }
  throw new ContainerError("the container's JSON should have header and arrays");
}

function parseEntry(json: unknown, available: number): Entry {
  const { name, dtype, shape, offset } = (json ?? {}) as Record<string, unknown>;
  if (typeof name !== "string" || !isDtype(dtype) || !isShape(shape) || !isCount(offset)) {
    throw new ContainerError(`an array's entry is malformed: ${JSON.stringify(json)}`);
  }
  const entry = { name, dtype, shape, offset };
  const end = offset + size(entry) * VIEWS[dtype].BYTES_PER_ELEMENT;
  if (offset % ALIGNMENT !== 0 || end > available) {
    throw new ContainerError(`array "${name}" lies outside of its container`);
  }
  return entry;
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === "string" && Object.hasOwn(VIEWS, value);
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function isShape(value: unknown): value is readonly number[] {
  return Array.isArray(value) && value.every(isCount);
}

function size(entry: Pick<Entry, "shape">): number {
  return entry.shape.reduce((product, length) => product * length, 1);
}
