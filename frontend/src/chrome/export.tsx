/** The panel that saves what is shown: picture, vector picture, table. */
import { useSignal } from "@preact/signals";
import { offered, provenance, saveCsv, savePng, saveSvg, type ViewExport } from "../export";
import { EXACTNESS } from "../numbers";
import { sentenceOf } from "../requests";
import { Dialog } from "./dialog";

const KINDS = [
  ["PNG", "the picture as it stands here, with legend", savePng],
  ["SVG", "the picture as vectors and text, to edit or print", saveSvg],
  ["CSV", "the whole table in its order, with run and step columns", saveCsv],
] as const;

export function ExportPanel() {
  const offer = offered.value.at(-1);
  const failure = useSignal<string | null>(null);
  return (
    <Dialog title="Export">
      {offer ? (
        <>
          <p>{offer.title()}</p>
          <div class="exports">
            {KINDS.map(([name, what, save]) => (
              <Choice key={name} name={name} what={what} run={() => run(offer, save, failure)} />
            ))}
          </div>
          <Note offer={offer} />
          <p class="muted">{EXACTNESS}</p>
          <p class="muted">Every file says where it comes from: {provenance(offer)}</p>
          {failure.value !== null && <p role="alert">{failure.value}</p>}
        </>
      ) : (
        <p>There is nothing on the screen that could be saved yet.</p>
      )}
    </Dialog>
  );
}

/** What the picture leaves out. */
function Note({ offer }: { readonly offer: ViewExport }) {
  const note = offer.note?.() ?? null;
  return note === null ? null : <p>In the picture: {note}</p>;
}

interface ChoiceProps {
  readonly name: string;
  readonly what: string;
  readonly run: () => void;
}

function Choice({ name, what, run: onChoose }: ChoiceProps) {
  return (
    <button type="button" class="export-choice" onClick={onChoose}>
      <b>{name}</b>
      <span class="muted">{what}</span>
    </button>
  );
}

async function run(
  offer: ViewExport,
  save: (offer: ViewExport) => Promise<void>,
  failure: { value: string | null },
): Promise<void> {
  failure.value = null;
  try {
    await save(offer);
  } catch (error) {
    failure.value = sentenceOf(error);
  }
}
