/** The width of an element, kept as the window changes. */
import { useSignal } from "@preact/signals";
import { useLayoutEffect } from "preact/hooks";

/** Width of a placed element in CSS pixels; 0 before it is known. */
export function useWidth(place: { readonly current: HTMLElement | null }): number {
  const width = useSignal(0);
  useLayoutEffect(() => {
    const element = place.current;
    if (!element) return;
    const measure = () => {
      width.value = element.clientWidth;
    };
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, [place, width]);
  return width.value;
}
