/** The table of keys. */
import { describe, expect, it } from "vitest";
import { BINDINGS, bindingOf } from "../src/keyboard";

const PLAIN = { shiftKey: false, ctrlKey: false, metaKey: false, altKey: false };

describe("the keys", () => {
  it("each do one thing", () => {
    const keys = BINDINGS.flatMap((binding) => binding.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });

  it.each(BINDINGS.flatMap(({ keys, does }) => keys.map((key) => [key, does] as const)))(
    "find what %s does",
    (key, does) => {
      const shiftKey = key.startsWith("Shift+");
      const pressed = { ...PLAIN, key: key.replace("Shift+", ""), shiftKey };
      expect(bindingOf(pressed)?.does).toBe(does);
    },
  );

  it.each(["ctrlKey", "metaKey", "altKey"])("leave the browser what is pressed with %s", (held) => {
    expect(bindingOf({ ...PLAIN, key: "a", [held]: true })).toBeNull();
  });

  it("leave other keys alone", () => {
    expect(bindingOf({ ...PLAIN, key: "q" })).toBeNull();
  });
});
