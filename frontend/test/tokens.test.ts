import { expect, test } from "vitest";
import { readableToken } from "../src/tokens";

test.each([
  [" cat", " cat"],
  ["\n", "↵"],
  ["a\n\tb\r", "a↵⇥b␍"],
  ["", "∅"],
  ["<b>é☃", "<b>é☃"],
])("the token %j is shown as %j", (text, shown) => {
  expect(readableToken(text)).toBe(shown);
});
