/** A few sequences of the probe set, as the texts of their tokens. */
import { useEffect, useState } from "preact/hooks";
import { fetchTokens, type Recording } from "../api";
import { sentenceOf } from "../requests";
import { adoptStyles } from "../theme";
import { holdSpaces, readableToken } from "../tokens";

adoptStyles(`
.probe-tokens { display: grid; gap: 8px; font-size: 12px; }
.probe-tokens p { margin: 0; overflow-wrap: anywhere; white-space: pre-wrap; line-height: 1.7; }
.probe-tokens span { background: var(--canvas); border-radius: 3px; padding: 1px 0; }
.probe-tokens span:nth-child(even) { background: none; }
.probe-tokens .apart span { margin-right: 4px; }
.probe-tokens b { font-weight: 400; color: var(--muted); margin-right: 6px; }
`);

const SHOWN_EXAMPLES = 4;
const SHOWN_POSITIONS = 48;

/** The first examples; nothing where the probe set was given no tokenizer. */
export function ProbeTokens({ recording }: { readonly recording: Recording }) {
  const { key, records } = recording;
  const count = Math.min(SHOWN_EXAMPLES, records.probeSet.tokens);
  const [texts, setTexts] = useState<readonly (readonly string[])[]>([]);
  const [failure, setFailure] = useState<string | null>(null);
  const identity = JSON.stringify([key, records.probeSet.hash, count]);
  // A recording that has grown is another object with the same examples.
  useEffect(() => {
    const asked = new AbortController();
    setTexts([]);
    setFailure(null);
    const wanted = Array.from({ length: count }, (_, example) =>
      fetchTokens(key, example, asked.signal),
    );
    Promise.all(wanted).then(
      (found) => asked.signal.aborted || setTexts(found),
      (error) => asked.signal.aborted || setFailure(sentenceOf(error)),
    );
    return () => asked.abort();
  }, [identity]);
  if (failure !== null) return <p class="muted">Its tokens could not be loaded: {failure}</p>;
  if (texts.length === 0) return null;
  return (
    <div class="probe-tokens">
      {texts.map((tokens, example) => (
        <ExampleTokens key={example} example={example} tokens={tokens} />
      ))}
    </div>
  );
}

interface ExampleProps {
  readonly example: number;
  readonly tokens: readonly string[];
}

function ExampleTokens({ example, tokens }: ExampleProps) {
  const more = tokens.length - SHOWN_POSITIONS;
  return (
    <p
      class={holdSpaces(tokens) ? undefined : "apart"}
      title={`Example ${example}, ${tokens.length} positions`}
    >
      <b>{example}</b>
      {tokens.slice(0, SHOWN_POSITIONS).map((token, position) => (
        <span key={position} title={`Example ${example}, position ${position}`}>
          {readableToken(token)}
        </span>
      ))}
      {more > 0 && <span class="muted"> … {more} more</span>}
    </p>
  );
}
