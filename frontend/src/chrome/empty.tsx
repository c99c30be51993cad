/** What is shown before anything was recorded: the lines that record, and where they are looked for. */
import { useSignal } from "@preact/signals";
import { runs } from "../state";
import { Icon } from "./icons";

const PLAIN = `from tb_neuron_callbacks import NeuronRecorder, ProbeSet, every

probe = ProbeSet.from_loader(val_loader, examples=256)
with NeuronRecorder(model, probe, writer, schedule=every(100)) as recorder:
    for step, batch in enumerate(train_loader):
        ...                      # your training step
        recorder.step(step)`;

const LIGHTNING = `from tb_neuron_callbacks.lightning import NeuronCallback

trainer = Trainer(callbacks=[NeuronCallback()])`;

const KINDS = [
  ["plain", "Training loop", PLAIN],
  ["lightning", "Lightning", LIGHTNING],
] as const;

export function Empty() {
  const kind = useSignal<"plain" | "lightning">("plain");
  const code = KINDS.find(([name]) => name === kind.value)?.[2] ?? PLAIN;
  const count = runs.value?.runs.length ?? 0;
  return (
    <div class="centre">
      <section class="card" aria-label="No data yet">
        <h2>No neurons recorded yet</h2>
        <p>
          {count === 0
            ? "No run holds a recording of units yet."
            : `None of the ${count} runs found holds a recording of units.`}{" "}
          Add these lines to the training script; the tab fills while it trains.
        </p>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would draw its own frame */}
        <div class="segments block" role="group" aria-label="Kind of training script">
          {KINDS.map(([name, title]) => (
            <button
              key={name}
              type="button"
              aria-pressed={kind.value === name}
              onClick={() => {
                kind.value = name;
              }}
            >
              {title}
            </button>
          ))}
        </div>
        <Snippet code={code} />
        <p>
          Looked for in <code>{runs.value?.logdir || "the log directory"}</code>, again every five
          seconds. If data should be there, <code>python -m tb_neuron doctor LOGDIR</code> says what
          is missing.
        </p>
      </section>
    </div>
  );
}

/** Code to copy. */
export function Snippet({ code }: { readonly code: string }) {
  const isCopied = useSignal(false);
  const copy = async () => {
    await navigator.clipboard.writeText(code);
    isCopied.value = true;
    setTimeout(() => {
      isCopied.value = false;
    }, 1600);
  };
  return (
    <div class="snippet block">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <pre tabIndex={0}>{code}</pre>
      <button type="button" class="button" onClick={() => void copy().catch(() => undefined)}>
        <Icon name="copy" />
        <span aria-live="polite">{isCopied.value ? "Copied" : "Copy"}</span>
      </button>
    </div>
  );
}
