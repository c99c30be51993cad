/** Which responses every view of them shows: activations, or attributions by a method. */
import { callFor, sortsOf, titleOfSort } from "../response-methods";
import { allResponses } from "../responses";
import { responseMethod } from "../state";
import { titleOfMethod } from "../titles";

export function ResponsePicker() {
  const sorts = sortsOf(allResponses.value);
  const chosen = responseMethod.value;
  const isKnown = sorts.some(({ method }) => method === chosen);
  const hasAttributions = sorts.some(({ method }) => method !== "");
  return (
    <label
      class="labelled"
      title={`What a unit answers to an example: its activation, or what it contributes to a target. ${callFor("")} records both.`}
    >
      <span>responses</span>
      <select
        class="field"
        aria-label="Responses"
        value={chosen}
        onChange={(event) => {
          responseMethod.value = event.currentTarget.value;
        }}
      >
        {sorts.map((sort) => (
          <option key={sort.method} value={sort.method}>
            {titleOfSort(sort)}
          </option>
        ))}
        {!isKnown && (
          <option value={chosen}>
            {chosen === "" ? "activations" : titleOfMethod(chosen)} (not recorded)
          </option>
        )}
        {!hasAttributions && chosen === "" && (
          <option value="-" disabled>
            attributions (not recorded)
          </option>
        )}
      </select>
    </label>
  );
}
