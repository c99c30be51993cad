/** A panel over the dashboard: a modal dialog that Esc and a click outside close. */
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { panel } from "../panels";
import { Icon } from "./icons";

interface DialogProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

function close(): void {
  panel.value = null;
}

/** The open panel; the focus goes in, and back when it closes. */
export function Dialog({ title, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const before = document.activeElement;
    dialog.current?.showModal();
    return () => {
      if (before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Esc closes a modal dialog by itself
    <dialog
      ref={dialog}
      class="panel"
      aria-labelledby={id}
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="button icon quiet" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <div class="content" tabIndex={0}>
        {children}
      </div>
    </dialog>
  );
}
