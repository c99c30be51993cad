/** Two classes held against each other: which units speak for the one rather than the other. */
import { openUnit } from "../../actions";
import { TwoSidedBar } from "../../chrome/two-sided";
import { UnitIcon } from "../../chrome/unit-icon";
import { type Gap, layOutSides } from "../../layout/evidence";
import { formatCount, formatSigned } from "../../numbers";
import { evidenceRival } from "../../state";
import { capital } from "../../titles";
import { type EvidencePicture, sentenceOf, type Versus } from "./evidence-picture";
import { nameOfClass } from "./shown";

/** Units of each side that are listed. */
const LISTED = 5;

interface VersusProps {
  readonly versus: Versus;
  readonly picture: EvidencePicture;
  readonly layer: string;
}

export function VersusList({ versus, picture, layer }: VersusProps) {
  const against = versus.against.slice(0, LISTED).toReversed();
  const listed = [...versus.favour.slice(0, LISTED), ...against];
  const bars = layOutSides(listed.map(({ value }) => value));
  const [first, second] = [nameOfClass(versus.first), nameOfClass(versus.second)];
  return (
    <section class="versus" aria-label={`Why ${first} and not ${second}`}>
      <Question versus={versus} picture={picture} />
      <p>{capital(sentenceOf(versus, first, second))}.</p>
      <table>
        <thead>
          <tr>
            <th scope="col">unit</th>
            <th scope="col">
              <span class="against-key">rather {second}</span> ·{" "}
              <span class="favour-key">rather {first}</span>
            </th>
            <th scope="col" class="number">
              difference
            </th>
            <th scope="col" class="number">
              for {first}
            </th>
            <th scope="col" class="number">
              for {second}
            </th>
          </tr>
        </thead>
        <tbody>
          {listed.map((gap, row) => (
            <tr key={gap.unit}>
              <th scope="row">
                <button
                  type="button"
                  class="unit-link"
                  title={`Open unit ${gap.unit} of ${layer}`}
                  onClick={() => openUnit(layer, gap.unit)}
                >
                  <UnitIcon layerName={layer} unit={gap.unit} size={22} isQuiet />
                  unit {gap.unit}
                </button>
              </th>
              <td>{bars[row] && <TwoSidedBar bar={bars[row]} />}</td>
              <td class="number strong">{formatSigned(gap.value)}</td>
              <td class="number muted">{formatSigned(gap.first)}</td>
              <td class="number muted">{formatSigned(gap.second)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <Rest versus={versus} listed={listed} />
    </section>
  );
}

function Question({ versus, picture }: Omit<VersusProps, "layer">) {
  const others = picture.rows.filter(({ number }) => number !== versus.first);
  return (
    <h4>
      <span>Why {nameOfClass(versus.first)} and not</span>
      <select
        class="field"
        aria-label="The other class"
        value={versus.second}
        onChange={(event) => {
          evidenceRival.value = Number(event.currentTarget.value);
        }}
      >
        {others.map(({ number }) => (
          <option key={number} value={number}>
            {nameOfClass(number)}
            {number === picture.label ? " (label)" : ""}
          </option>
        ))}
      </select>
    </h4>
  );
}

function Rest({ versus, listed }: { readonly versus: Versus; readonly listed: readonly Gap[] }) {
  const left = versus.favour.length + versus.against.length - listed.length;
  const sum = versus.net - listed.reduce((total, { value }) => total + value, 0);
  return (
    <p class="muted">
      {left > 0 && `${formatCount(left)} more units: ${formatSigned(sum)} together. `}
      All units: {formatSigned(versus.net)}.
    </p>
  );
}
