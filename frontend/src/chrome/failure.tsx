/** What failed, why, and a button to try again; in place of what failed. */
import { useSignal } from "@preact/signals";
import { retry } from "../loading";

interface FailureProps {
  readonly what: string;
  readonly why: string;
  /** How to try again; the whole recording is loaded anew where it is left out. */
  readonly onRetry?: () => Promise<void> | void;
}

/** A failure that leaves nothing else to show. */
export function Failure({ what, why, onRetry }: FailureProps) {
  return (
    <div class="centre">
      <section class="card" role="alert">
        <h2>{what}</h2>
        <p>{why}</p>
        <div class="row">
          <RetryButton onRetry={onRetry ?? retry} />
        </div>
      </section>
    </div>
  );
}

/** A failure beside something that can still be shown. */
export function FailureNotice({ what, why, onRetry }: FailureProps) {
  return (
    <div class="notice" role="alert">
      <p class="fill">
        <b>{what}</b> {why}
      </p>
      <RetryButton onRetry={onRetry ?? retry} />
    </div>
  );
}

function RetryButton({ onRetry }: { readonly onRetry: () => Promise<void> | void }) {
  const isBusy = useSignal(false);
  const again = async () => {
    isBusy.value = true;
    await onRetry();
    isBusy.value = false;
  };
  return (
    <button
      type="button"
      class="button strong"
      disabled={isBusy.value}
      onClick={() => void again()}
    >
      Try again
    </button>
  );
}
