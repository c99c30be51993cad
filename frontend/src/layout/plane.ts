/** How a map's positions lie on a plane: those of volumes and films as slices side by side. */

export interface Plane {
  readonly columns: number;
  readonly rows: number;
  /** Slices of a volume or frames of a film; 1 of a picture. */
  readonly slices: number;
}

/** The plane of a map's shape, `[y, x]` or `[z, y, x]`; one line of all positions for others. */
export function planeOf(shape: readonly number[]): Plane {
  const [a = 1, b = 1, c = 1] = shape;
  if (shape.length === 2) return { rows: a, columns: b, slices: 1 };
  if (shape.length === 3) return { rows: b, columns: a * c, slices: a };
  return { rows: 1, columns: shape.reduce((product, length) => product * length, 1), slices: 1 };
}

/** The position, in row-major order of the shape, at a place of the plane. */
export function positionAt(plane: Plane, column: number, row: number): number {
  const wide = plane.columns / plane.slices;
  const slice = Math.floor(column / wide);
  return (slice * plane.rows + row) * wide + (column % wide);
}

/** What a place of the plane is called. */
export function nameOfPlace(plane: Plane, column: number, row: number): string {
  const wide = plane.columns / plane.slices;
  const place = `row ${row}, column ${column % wide}`;
  return plane.slices > 1 ? `slice ${Math.floor(column / wide)}, ${place}` : place;
}
