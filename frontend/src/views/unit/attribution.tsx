/** The unit's attribution: its charts by the chosen method, class by class, and where it comes from and goes to. */
import { useCallback } from "preact/hooks";
import {
  type Attribution,
  attributionsIn,
  figureOf,
  keyOfAttribution,
  shownAttribution,
  titleOfAttribution,
} from "../../attributions";
import { Snippet } from "../../chrome/empty";
import { UnitTrustMark } from "../../chrome/unit-trust-mark";
import { attribution, layerName, recordingA, statistic } from "../../state";
import { attributionChart, layerShareChart } from "./attribution-charts";
import type { ChartContext } from "./charts";
import { Classes, Drawn, inLog, type PairProps, Standing } from "./gallery";
import { has } from "./series";
import { StrandLists } from "./strands";

const CALL = `from tb_neuron_callbacks import Recording

Recording(attributions=("gradient_x_activation",))`;

export function Attributions(pair: PairProps) {
  const of = shownAttribution.value;
  if (!of || !has(pair.a, figureOf(of, "mean"))) return <NoAttribution of={of} />;
  return (
    <>
      <Heading of={of} />
      <Figures {...pair} of={of} />
      <Classes {...pair} figure={of} title="Mean attribution by class" />
      <StrandLists />
    </>
  );
}

function NoAttribution({ of }: { readonly of: Attribution | null }) {
  return (
    <>
      <Heading of={of} />
      <div class="part">
        {of ? (
          <p class="muted">No attribution was recorded for this layer.</p>
        ) : (
          <>
            <p class="muted">This run holds no attributions; record what every unit contributes:</p>
            <Snippet code={CALL} />
          </>
        )}
      </div>
    </>
  );
}

/** The part's title, and the choice of the method where there is one. */
function Heading({ of }: { readonly of: Attribution | null }) {
  const known = recordingA.value ? attributionsIn(recordingA.value) : [];
  return (
    <div class="part-head">
      <h3>Attribution</h3>
      {of && known.length > 1 && (
        <label class="labelled">
          <span>by</span>
          <select
            class="field"
            value={keyOfAttribution(of)}
            onChange={(event) => {
              attribution.value = event.currentTarget.value;
            }}
          >
            {known.map((one) => (
              <option key={keyOfAttribution(one)} value={keyOfAttribution(one)}>
                {titleOfAttribution(one)}
              </option>
            ))}
          </select>
        </label>
      )}
      {of && known.length === 1 && <span class="muted">by {titleOfAttribution(of)}</span>}
      {of && <UnitTrustMark method={of.method} layer={layerName.value} />}
    </div>
  );
}

type FiguresProps = PairProps & { readonly of: Attribution };

function Figures({ of, ...pair }: FiguresProps) {
  const mean = useCallback((context: ChartContext) => attributionChart(context, of), [of]);
  const share = useCallback((context: ChartContext) => layerShareChart(context, of), [of]);
  const names = ["mean", "std"].map((figure) => figureOf(of, figure));
  const shown = statistic.value?.name ?? "";
  const isShown = statistic.value?.method === of.method && statistic.value.target === of.target;
  return (
    <>
      <Drawn
        {...pair}
        title="Mean attribution"
        of={mean}
        names={names}
        keys={`line: mean · band: ± standard deviation over the examples${inLog()}`}
      />
      {has(pair.a, figureOf(of, "share")) && (
        <Drawn
          {...pair}
          title="Share of the layer"
          of={share}
          names={[figureOf(of, "share")]}
          keys="of the layer’s sum of mean |attribution|"
        />
      )}
      <Standing {...pair} statistic={isShown ? shown : figureOf(of, "mean")} />
    </>
  );
}
