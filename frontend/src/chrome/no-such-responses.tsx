/** What stands in place of a view whose responses were recorded, but not of the chosen sort. */
import { callFor, sortsOf, titleOfSort } from "../response-methods";
import { allResponses } from "../responses";
import { responseMethod } from "../state";
import { listed, titleOfMethod } from "../titles";
import { Snippet } from "./empty";

export function NoSuchResponses({ run }: { readonly run: string }) {
  const sorts = sortsOf(allResponses.value);
  const [first] = sorts;
  const method = responseMethod.value;
  const wanted = method === "" ? "activations" : `attributions by ${titleOfMethod(method)}`;
  return (
    <div class="centre">
      <section class="card" role="status">
        <h2>No {wanted} among the responses</h2>
        <p>
          {run} has responses as {listed(sorts.map(titleOfSort))}. This records both:
        </p>
        <div class="block">
          <Snippet code={callFor(method)} />
        </div>
        {first && (
          <button
            type="button"
            class="button"
            onClick={() => {
              responseMethod.value = first.method;
            }}
          >
            Show {titleOfSort(first)}
          </button>
        )}
      </section>
    </div>
  );
}

/** Whether there are responses, only not of the chosen sort. */
export function isSortMissing(): boolean {
  const sorts = sortsOf(allResponses.value);
  return sorts.length > 0 && !sorts.some(({ method }) => method === responseMethod.value);
}
