import { describe, expect, it } from "vitest";
import { indexOrder, orderByCodes, placesOf, sortRows } from "../../src/layout/order";

const rising = Float32Array.from({ length: 256 }, (_, code) => (code === 255 ? Number.NaN : code));
const signed = Float32Array.from({ length: 256 }, (_, code) =>
  code === 255 ? Number.NaN : code > 127 ? -(code - 127) : code,
);

describe("anchor order", () => {
  it("puts the largest value first", () => {
    expect(Array.from(orderByCodes(Uint8Array.of(3, 9, 1), rising))).toEqual([1, 0, 2]);
  });

  it("keeps the index order of equal values", () => {
    expect(Array.from(orderByCodes(Uint8Array.of(5, 5, 5), rising))).toEqual([0, 1, 2]);
  });

  it("puts what is not finite last", () => {
    expect(Array.from(orderByCodes(Uint8Array.of(255, 0, 4), rising))).toEqual([2, 1, 0]);
  });

  it("sorts negative codes by their value", () => {
    expect(Array.from(orderByCodes(Uint8Array.of(130, 0, 2, 200), signed))).toEqual([2, 1, 0, 3]);
  });

  it("agrees with a comparison sort", () => {
    const codes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7919) % 256);
    const value = (unit: number): number => {
      const number = signed[codes[unit]!]!;
      return Number.isNaN(number) ? Number.NEGATIVE_INFINITY : number;
    };
    const expected = Array.from(codes.keys()).sort((a, b) => value(b) - value(a) || a - b);
    expect(Array.from(orderByCodes(codes, signed))).toEqual(expected);
  });

  it("is undone by its places", () => {
    const order = orderByCodes(Uint8Array.of(3, 9, 1, 7), rising);
    const places = placesOf(order);
    expect(Array.from(order, (unit) => places[unit])).toEqual([0, 1, 2, 3]);
  });

  it("is the identity for index order", () => {
    expect(Array.from(indexOrder(4))).toEqual([0, 1, 2, 3]);
  });
});

describe("sorting a table", () => {
  it("goes down when asked to", () => {
    expect(Array.from(sortRows(Float64Array.of(1, 3, 2), true))).toEqual([1, 2, 0]);
  });

  it("goes up otherwise", () => {
    expect(Array.from(sortRows(Float64Array.of(1, 3, 2), false))).toEqual([0, 2, 1]);
  });

  it.each([true, false])("keeps what is no number last (descending: %s)", (descending) => {
    expect(sortRows(Float64Array.of(Number.NaN, 1, 2), descending)[2]).toBe(0);
  });

  it.each([true, false])("keeps rows of equal keys in place (descending: %s)", (descending) => {
    expect(Array.from(sortRows(Float64Array.of(1, 1, 1), descending))).toEqual([0, 1, 2]);
  });
});
