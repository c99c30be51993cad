/** What was predicted of an example, from when to when. */
import { describe, expect, it } from "vitest";
import { predictionRuns } from "../../../src/views/examples/rows";

const answer = (prediction: number, isRight: boolean | null) => ({
  prediction,
  isRight,
  probability: 0.5,
});

describe("the predictions of an example", () => {
  it("are told once for all records in a row", () => {
    const answers = [answer(7, false), answer(7, false), answer(3, true), answer(7, false)];
    expect(predictionRuns(answers)).toEqual([
      { first: 0, last: 1, prediction: 7, isRight: false },
      { first: 2, last: 2, prediction: 3, isRight: true },
      { first: 3, last: 3, prediction: 7, isRight: false },
    ]);
  });

  it("go on over a record at which they are unknown", () => {
    const answers = [answer(2, true), answer(-1, null), answer(2, true)];
    expect(predictionRuns(answers)).toEqual([{ first: 0, last: 2, prediction: 2, isRight: true }]);
  });
});
