/** Evidence where no maps were recorded: an example is chosen from a list. */
import { useEffect, useRef } from "preact/hooks";
import { evidenceList } from "../../evidence";
import { offerExport } from "../../export";
import { example } from "../../state";
import type { TrackedExample } from "../../wire";
import { EvidencePart } from "./evidence";
import { evidenceExport } from "./evidence-exports";
import { nameOfClass } from "./shown";

export function EvidenceAlone() {
  const known = evidenceList.value?.examples ?? [];
  const shown = known.find((one) => one.example === example.value) ?? known[0];
  return shown ? <Alone key={shown.example} shown={shown} known={known} /> : null;
}

interface AloneProps {
  readonly shown: TrackedExample;
  readonly known: readonly TrackedExample[];
}

function Alone({ shown, known }: AloneProps) {
  const place = useRef<HTMLElement>(null);
  useEffect(() => offerExport(evidenceExport(shown.example, () => place.current)), [shown.example]);
  return (
    <section ref={place} class="example-detail" aria-label={`Example ${shown.example}`}>
      <label class="labelled">
        <span>example</span>
        <select
          class="field"
          value={shown.example}
          onChange={(event) => {
            example.value = Number(event.currentTarget.value);
          }}
        >
          {known.map((one) => (
            <option key={one.example} value={one.example}>
              {one.example}
              {one.label < 0 ? "" : `, ${nameOfClass(one.label)}`}
            </option>
          ))}
        </select>
      </label>
      <EvidencePart example={shown.example} />
      <p class="muted">
        No maps were recorded; <code>Recording(maps=("saliency",))</code> in the training script
        records what in its input the answer rests on.
      </p>
    </section>
  );
}
