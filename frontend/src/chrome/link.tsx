/** The link to what is shown: copied, and said to be so; shown to be copied by hand where a browser refuses. */
import { useEffect, useRef } from "preact/hooks";
import { isLinkCopied, pinnedAddress } from "../pinned";
import { adoptStyles } from "../theme";
import { Dialog } from "./dialog";

adoptStyles(`
.copied {
  position: fixed; z-index: 50; right: 14px; top: 52px; padding: 6px 14px; border-radius: 8px; margin: 0;
  background: var(--raised); border: 1px solid var(--strong-border); box-shadow: var(--shadow); font-size: 12.5px;
}
`);

/** Says for a moment that the link was copied. */
export function Copied() {
  return (
    <div role="status">
      {isLinkCopied.value && (
        <p class="copied">Link copied, with run, step and order written out</p>
      )}
    </div>
  );
}

/** The link in a field, all of it selected. */
export function LinkPanel() {
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => field.current?.select(), []);
  return (
    <Dialog title="Link to what is shown">
      <p>The browser does not let this page use the clipboard. Copy the link from here:</p>
      <input
        ref={field}
        class="field"
        style={{ width: "100%", justifyContent: "flex-start" }}
        aria-label="Link"
        readOnly
        value={pinnedAddress()}
      />
    </Dialog>
  );
}
