/** The examples view: what the model looked at in each tracked example, over the steps. */
import { useEffect } from "preact/hooks";
import { Failure, FailureNotice } from "../../chrome/failure";
import { followLayerEvidence, hasEvidence } from "../../evidence";
import { followFilter } from "../../filter";
import { followMaps, mapList, mapsFailure, retryMaps, shownTable } from "../../maps";
import { example, exampleForm, isExampleTable, mode } from "../../state";
import { adoptStyles } from "../../theme";
import { LAYER_CSS } from "../layer/style";
import { ExamplesBar } from "./bar";
import { Detail } from "./detail";
import { EvidenceAlone } from "./evidence-alone";
import { ActivationGrids } from "./grid";
import { FormSwitch } from "./grid-bar";
import { NoMaps, NotTracked } from "./missing";
import { OtherTargets } from "./pickers";
import { chosenRow, hasMaps, shownRows } from "./shown";
import { Filmstrip } from "./strip";
import { EXAMPLES_CSS } from "./style";
import { AnswersTable } from "./table";

adoptStyles(LAYER_CSS);
adoptStyles(EXAMPLES_CSS);

export default function ExamplesView() {
  useEffect(() => followMaps(), []);
  useEffect(followFilter, []);
  useEffect(followLayerEvidence, []);
  return (
    <section class="examples-view" aria-label="Examples">
      {exampleForm.value === "grid" ? <ActivationGrids /> : <Content />}
    </section>
  );
}

function Content() {
  const [list, failure] = [mapList.value, mapsFailure.value];
  if (!list) return failure === null ? <Loading /> : <Failed why={failure} />;
  if (!hasMaps.value) {
    return (
      <>
        <div class="examples-bar">
          <FormSwitch />
        </div>
        {hasEvidence.value ? <EvidenceAlone /> : <NoMaps />}
      </>
    );
  }
  if (!shownTable.value && failure !== null) return <Failed why={failure} />;
  return (
    <>
      <ExamplesBar />
      <Notes />
      <OtherTargets />
      {failure !== null && (
        <FailureNotice what="Some maps could not be read." why={failure} onRetry={retryMaps} />
      )}
      {shownTable.value ? <Maps /> : <Loading />}
    </>
  );
}

function Maps() {
  if (example.value !== null) {
    return chosenRow.value ? <Detail row={chosenRow.value} /> : <NotTracked />;
  }
  if (shownRows.value.length === 0) {
    return (
      <div class="examples-none">
        <p class="standing">No tracked example passes the filter at this step.</p>
      </div>
    );
  }
  return isExampleTable.value ? <AnswersTable /> : <Filmstrip />;
}

/** What is shown in place of a difference. */
function Notes() {
  if (mode.value !== "diff") return null;
  return (
    <p class="examples-note" role="status">
      Differences of maps are not drawn: these are A’s.
    </p>
  );
}

function Failed({ why }: { readonly why: string }) {
  return <Failure what="The maps could not be read" why={why} onRetry={retryMaps} />;
}

function Loading() {
  return (
    <p class="standing" role="status">
      Loading the maps …
    </p>
  );
}
