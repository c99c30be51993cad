/** Where one is: the model, the layer, the unit; each a way back. */
import { openView } from "../actions";
import { VIEWS } from "../address";
import { keyA, layer, unit, view } from "../state";

/** The views, as tabs. */
export function ViewTabs() {
  return (
    <nav class="tabs" aria-label="Views">
      {VIEWS.map((name, place) => (
        <button
          key={name}
          type="button"
          title={`Key ${place + 1}`}
          aria-current={view.value === name ? "page" : undefined}
          onClick={() => openView(name)}
        >
          {name[0]?.toUpperCase()}
          {name.slice(1)}
        </button>
      ))}
    </nav>
  );
}

/** The path to what is selected. */
export function Breadcrumb() {
  const hasUnit = unit.value !== null && layer.value !== null;
  return (
    <nav class="crumbs" aria-label="Path">
      <ol>
        <Crumb
          text={keyA.value?.model ?? "model"}
          isHere={!layer.value}
          onOpen={() => openView("overview")}
        />
        {layer.value && (
          <Crumb text={layer.value.name} isHere={!hasUnit} onOpen={() => openView("layer")} />
        )}
        {hasUnit && <Crumb text={`unit ${unit.value}`} isHere onOpen={() => openView("unit")} />}
      </ol>
    </nav>
  );
}

interface CrumbProps {
  readonly text: string;
  readonly isHere: boolean;
  readonly onOpen: () => void;
}

function Crumb({ text, isHere, onOpen }: CrumbProps) {
  return (
    <li>
      {isHere ? (
        <span class="here" aria-current="location" title={text}>
          {text}
        </span>
      ) : (
        <button type="button" title={text} onClick={onOpen}>
          {text}
        </button>
      )}
    </li>
  );
}
