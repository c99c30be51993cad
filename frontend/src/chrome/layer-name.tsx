/** A layer's name in a line that may be too short for it: what all layers share is cut first. */
import { partsOfName } from "../layer-names";
import { adoptStyles } from "../theme";

adoptStyles(`
.layer-name { display: inline-flex; min-width: 0; max-width: 100%; vertical-align: bottom; }
.layer-name > span { overflow: hidden; white-space: pre; min-width: 0; }
/* From right to left, so that the cut is at the start. */
.layer-name > .shared { flex-shrink: 10000; text-overflow: ellipsis; direction: rtl; }
.layer-name > .own { text-overflow: ellipsis; }
`);

export interface LayerNameProps {
  readonly name: string;
  /** What follows the name, " unit 5". */
  readonly rest?: string;
}

export function LayerName({ name, rest = "" }: LayerNameProps) {
  const [shared, own] = partsOfName(name);
  return (
    <span class="layer-name">
      {shared !== "" && (
        <span class="shared">
          <bdi>{shared}</bdi>
        </span>
      )}
      <span class="own">
        {own}
        {rest}
      </span>
    </span>
  );
}
