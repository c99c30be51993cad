/** Units or examples in two dimensions, over the steps: near ones respond alike. */
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { Failure, FailureNotice } from "../../chrome/failure";
import { offerExport } from "../../export";
import {
  followPlanes,
  planeFailure,
  planeLayer,
  planeList,
  retryPlanes,
  shownPlane,
} from "../../planes";
import { followResponses } from "../../responses";
import { isMapTable, mode } from "../../state";
import { adoptStyles } from "../../theme";
import { EXAMPLES_CSS } from "../examples/style";
import { LAYER_CSS } from "../layer/style";
import { MapBar } from "./bar";
import { MapDirector } from "./director";
import { mapExport } from "./exports";
import { MapFoot } from "./foot";
import { NoResponses } from "./missing";
import { isAwaited, isLasso, pointedAt } from "./shown";
import { MAP_CSS } from "./style";
import { MapTable } from "./table";
import { MapTip } from "./tip";

for (const css of [LAYER_CSS, EXAMPLES_CSS, MAP_CSS]) adoptStyles(css);

export default function MapView() {
  useEffect(() => followPlanes(), []);
  useEffect(followResponses, []);
  return (
    <section class="map-view" aria-label="Map">
      <Content />
    </section>
  );
}

function Content() {
  const [list, failure] = [planeList.value, planeFailure.value];
  if (!list) return failure === null ? <Loading /> : <Failed why={failure} />;
  if (planeLayer.value === null) return <NoResponses />;
  return (
    <>
      <MapBar />
      {mode.value === "diff" && (
        <p class="map-note" role="status">
          Differences of places are not drawn: these are A’s.
        </p>
      )}
      {failure !== null && (
        <FailureNotice
          what="The points could not be laid out."
          why={failure}
          onRetry={retryPlanes}
        />
      )}
      {shownPlane.value ? (
        isMapTable.value ? (
          <MapTable />
        ) : (
          <Stage />
        )
      ) : (
        <Waiting failure={failure} />
      )}
      <MapFoot />
    </>
  );
}

/** The canvas; the table says the same in words. */
function Stage() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => offerExport(mapExport()), []);
  useLayoutEffect(() => {
    if (!canvas.current) return undefined;
    const director = new MapDirector(canvas.current);
    return () => director.end();
  }, []);
  const look = isLasso.value ? "lasso" : pointedAt.value >= 0 ? "pointing" : "";
  return (
    <div class="map-place">
      <canvas
        ref={canvas}
        class={`map ${look}`}
        role="img"
        aria-label="Points in two dimensions; the table has their places"
      />
      {isAwaited.value && (
        <p class="standing" role="status">
          This record is being laid out …
        </p>
      )}
      <MapTip />
    </div>
  );
}

function Waiting({ failure }: { readonly failure: string | null }) {
  return <div class="map-place">{failure === null && <Loading />}</div>;
}

function Failed({ why }: { readonly why: string }) {
  return <Failure what="The responses could not be read" why={why} onRetry={retryPlanes} />;
}

function Loading() {
  return (
    <p class="standing" role="status">
      Laying out the points …
    </p>
  );
}
