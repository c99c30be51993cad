/** The strongest sources and targets of the unit's attribution, each a way to the unit at the other end. */
import { useEffect } from "preact/hooks";
import { openUnit } from "../../actions";
import { titleOfAttribution } from "../../attributions";
import { Snippet } from "../../chrome/empty";
import { LayerName } from "../../chrome/layer-name";
import { UnitIcon } from "../../chrome/unit-icon";
import "../../chrome/two-sided";
import { layOutBars } from "../../layout/bars";
import { formatCount, formatShare, formatSigned } from "../../numbers";
import { layer, recordingA, unit } from "../../state";
import { formatStep } from "../../steps";
import { type Strand, type Strands, strandsOf } from "../../strands";
import { isOtherRun } from "../../traces";
import { flowNow, flowProblem, flowStepsOfA, followUnitFlow } from "../../unit-flow";

const MOST = 8;
const CALL = `from tb_neuron_callbacks import Recording

Recording(flow=16)  # links of the 16 strongest units of a layer`;

export function StrandLists() {
  useEffect(followUnitFlow, []);
  const steps = flowStepsOfA.value;
  const flow = flowNow.value;
  if (flowProblem.value !== null) return <p class="part muted">{flowProblem.value}</p>;
  if (steps?.length === 0) return <NoFlow />;
  if (!steps || !flow) return <p class="part muted">Loading the flow …</p>;
  const { step, method, target } = flow.header;
  const found = strandsOf(flow, layer.value?.name ?? "", unit.value ?? -1);
  const when = `flow of step ${formatStep(step)}, by ${titleOfAttribution({ method, target })}, mean over all examples`;
  return (
    <>
      <p class="part muted flow-of">
        {isOtherRun.value ? "A’s " : ""}
        {when}
      </p>
      <Lists strands={found} />
    </>
  );
}

function Lists({ strands }: { readonly strands: Strands | null }) {
  if (!strands) return <p class="part muted">This layer takes no part in the flow.</p>;
  if (!strands.isOwn) {
    return (
      <p class="part muted">
        At this step the unit is not among the {formatCount(strands.shown)} of its layer whose links
        were recorded one by one; it is part of the rest.
      </p>
    );
  }
  return (
    <>
      <List title="Strongest sources" none="Nothing leads here." strands={strands.sources} />
      <List title="Strongest targets" none="Nothing is passed on." strands={strands.targets} />
    </>
  );
}

function NoFlow() {
  return (
    <div class="part">
      <p class="muted">
        No flow was recorded, so sources and targets of this unit are not known. Record it with
      </p>
      <Snippet code={CALL} />
    </div>
  );
}

interface ListProps {
  readonly title: string;
  readonly none: string;
  readonly strands: readonly Strand[];
}

function List({ title, none, strands }: ListProps) {
  const units = strands.filter(({ unit: index }) => index !== null);
  const shown = [...units.slice(0, MOST), ...strands.slice(units.length)];
  const { zero, bars } = layOutBars(shown.map(({ value }) => value));
  const left = units.slice(MOST);
  const rest = left.reduce((sum, { share }) => sum + share, 0);
  return (
    <section class="strands" aria-label={title}>
      <h4>{title}</h4>
      {shown.length === 0 && <p class="muted">{none}</p>}
      <ol>
        {shown.map((strand, row) => (
          <li key={`${strand.layer} ${strand.unit} ${strand.units}`}>
            <End strand={strand} />
            <span class="track-of-bar" aria-hidden="true">
              <i
                class={strand.value < 0 ? "against" : "towards"}
                style={{ left: percent(bars[row]?.left), width: percent(bars[row]?.width) }}
              />
              <b style={{ left: percent(zero) }} />
            </span>
            <span class="number">{formatSigned(strand.value)}</span>
            <span class="number muted">{formatShare(strand.share)}</span>
          </li>
        ))}
      </ol>
      {left.length > 0 && (
        <p class="muted">
          and {formatCount(left.length)} weaker units, together {formatShare(rest)} of |flow|
        </p>
      )}
    </section>
  );
}

/** The other end: a unit that can be opened, or what has no page of its own. */
function End({ strand }: { readonly strand: Strand }) {
  const { layer: name, unit: index } = strand;
  const isLayer = recordingA.value?.records.layers.some((known) => known.name === name) ?? false;
  if (index === null || !isLayer) return <span class="end">{nameOf(strand)}</span>;
  return (
    <button type="button" class="end" title={nameOf(strand)} onClick={() => openUnit(name, index)}>
      <UnitIcon layerName={name} unit={index} size={22} isQuiet />
      <LayerName name={name} rest={` unit ${index}`} />
    </button>
  );
}

function nameOf({ layer: name, unit: index, units }: Strand): string {
  if (units === 0) return "biases and normalisation";
  if (index === null) return `${name}, other ${formatCount(units)} units`;
  if (name === "output") return `output, ${className(index)}`;
  return name === "input" ? "input" : `${name} unit ${index}`;
}

function className(index: number): string {
  const name = recordingA.value?.records.probeSet.classNames[index] ?? String(index);
  return /^\d+$/.test(name) ? `class ${name}` : name;
}

function percent(share = 0): string {
  return `${100 * share}%`;
}
