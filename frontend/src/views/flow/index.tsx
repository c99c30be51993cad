/** The flow view: attribution passed between layers, at one record, as a Sankey diagram or a table. */
import { useEffect, useRef } from "preact/hooks";
import { offerExport } from "../../export";
import { followResponses } from "../../responses";
import { flowGroup, isFlowTable } from "../../state";
import { adoptStyles } from "../../theme";
import { FlowBar } from "./bar";
import { columnsNow, FlowDirector } from "./director";
import { flowExport } from "./exports";
import { FlowFoot } from "./foot";
import { FlowHeads } from "./heads";
import { Instead, standing } from "./instead";
import { followFlow, shownMethod } from "./records";
import { FLOW_CSS } from "./style";
import { LinksTable } from "./table";
import { FlowTip } from "./tip";

adoptStyles(FLOW_CSS);

export default function FlowView() {
  useEffect(followFlow, []);
  useEffect(followResponses, []);
  const now = standing();
  if (now === "empty" || now === "no group") {
    return (
      <section class="flow-view" aria-label="Flow">
        <Instead why={now} />
      </section>
    );
  }
  return (
    <section class="flow-view" aria-label="Flow">
      <FlowBar />
      <div class="flow-place">
        <Diagram isHidden={isFlowTable.value || now === "failed"} />
        {isFlowTable.value && now === "shown" && (
          <div class="flow-table">
            <LinksTable />
          </div>
        )}
        {now !== "shown" && <Instead why={now} />}
        {!isFlowTable.value && <FlowTip />}
      </div>
      <FlowFoot />
    </section>
  );
}

function Diagram({ isHidden }: { readonly isHidden: boolean }) {
  const scroll = useRef<HTMLDivElement>(null);
  const stage = useRef<HTMLDivElement>(null);
  const [group, method] = [flowGroup.value, shownMethod.value?.name];
  useEffect(() => {
    if (!scroll.current || !stage.current) return undefined;
    const director = new FlowDirector(scroll.current, stage.current);
    const withdraw = offerExport(flowExport(director));
    return () => {
      withdraw();
      director.end();
    };
  }, [group, method]);
  return (
    <div ref={scroll} class="flow-scroll" style={{ visibility: isHidden ? "hidden" : "visible" }}>
      <FlowHeads />
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame */}
      <div
        ref={stage}
        class="flow-stage"
        role="group"
        aria-label="Flow; arrow keys move from node to node, Enter opens a unit"
        style={{ width: `${columnsNow.value.width}px` }}
      />
    </div>
  );
}
