/** The unit view: how one unit's statistics run over the steps, and what happened to it when. */
import { useEffect, useRef } from "preact/hooks";
import { followChanges } from "../../changes";
import { Failure } from "../../chrome/failure";
import { offerExport } from "../../export";
import { EXACTNESS } from "../../numbers";
import { isLogSteps, isUnitTable, layer, unit } from "../../state";
import { adoptStyles } from "../../theme";
import { retryTraces, traceA, traceB, traceFailure } from "../../traces";
import { unitExport } from "./exports";
import { Charts } from "./gallery";
import { Head } from "./head";
import { Lives } from "./life";
import { isThere, Missing } from "./missing";
import { UNIT_CSS } from "./style";
import { TraceTable } from "./table";

adoptStyles(UNIT_CSS);

export default function UnitView() {
  const place = useRef<HTMLElement>(null);
  const [name, index] = [layer.value?.name ?? "", unit.value ?? -1];
  useEffect(followChanges, []);
  useEffect(() => offerExport(unitExport(name, index, () => place.current)), [name, index]);
  return (
    <section ref={place} class="unit-view" aria-label="Unit">
      <Content />
    </section>
  );
}

function Content() {
  const trace = traceA.value;
  if (!isThere()) return <Missing />;
  if (traceFailure.value !== null && !trace) {
    return (
      <Failure what="The unit could not be read" why={traceFailure.value} onRetry={retryTraces} />
    );
  }
  if (!trace) {
    return (
      <p class="standing" role="status">
        Loading unit {unit.value} of {layer.value?.name} …
      </p>
    );
  }
  if (isUnitTable.value) {
    return (
      <>
        <Head trace={trace} />
        <Lives a={trace} b={traceB.value} />
        <TraceTable trace={trace} />
      </>
    );
  }
  return (
    <>
      <Head trace={trace} />
      <Lives a={trace} b={traceB.value} />
      <Charts a={trace} b={traceB.value} isLog={isLogSteps.value} />
      <p class="muted exactness">{EXACTNESS}</p>
    </>
  );
}
