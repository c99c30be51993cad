/** An explanation that appears beside what it explains, on hover and on focus. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { createPortal } from "preact/compat";
import { useId, useLayoutEffect, useRef } from "preact/hooks";

interface HintProps {
  readonly text: ComponentChildren;
  /** Whether the explanation is a table, which needs more room. */
  readonly isWide?: boolean;
  readonly children: ComponentChildren;
}

const MARGIN = 8;

/** Wrap a control whose meaning takes a sentence. */
export function Hint({ text, isWide = false, children }: HintProps) {
  const isShown = useSignal(false);
  const place = useRef<HTMLSpanElement>(null);
  const id = useId();
  const show = () => {
    isShown.value = true;
  };
  const hide = () => {
    isShown.value = false;
  };
  return (
    <span
      ref={place}
      style={{ display: "inline-flex", minWidth: 0 }}
      onPointerEnter={show}
      onPointerLeave={hide}
      onFocusIn={show}
      onFocusOut={hide}
      aria-describedby={isShown.value ? id : undefined}
    >
      {children}
      {isShown.value &&
        // On the page itself: a table's head would style it, and cover it.
        createPortal(<Bubble id={id} text={text} isWide={isWide} beside={place} />, document.body)}
    </span>
  );
}

interface BubbleProps {
  readonly id: string;
  readonly text: ComponentChildren;
  readonly isWide: boolean;
  readonly beside: { readonly current: HTMLElement | null };
}

function Bubble({ id, text, isWide, beside }: BubbleProps) {
  const bubble = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (bubble.current && beside.current) settle(bubble.current, beside.current);
  }, [text, beside]);
  return (
    <div ref={bubble} id={id} role="tooltip" class={isWide ? "bubble wide" : "bubble"}>
      {text}
    </div>
  );
}

/** Below the element where there is room, else above; never across the window's edge. */
function settle(bubble: HTMLElement, element: HTMLElement): void {
  const target = element.getBoundingClientRect();
  const { width, height } = bubble.getBoundingClientRect();
  const left = Math.min(target.left, window.innerWidth - width - MARGIN);
  const isLow = target.bottom + height + MARGIN > window.innerHeight;
  bubble.style.left = `${Math.max(MARGIN, left)}px`;
  bubble.style.top = `${isLow ? Math.max(MARGIN, target.top - height - MARGIN) : target.bottom + MARGIN}px`;
}
