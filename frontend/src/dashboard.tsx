/** Which view the shell frames; all but the first two come when they are first opened. */
import { lazy, Suspense } from "preact/compat";
import { ExportPanel } from "./chrome/export";
import { Inspector } from "./chrome/inspector";
import { Shell } from "./chrome/shell";
import { view } from "./state";
import LayerView from "./views/layer";
import Overview from "./views/overview";

const ExamplesView = lazy(() => import("./views/examples"));
const ExamplePart = lazy(() => import("./views/examples/inspector"));
const FlowView = lazy(() => import("./views/flow"));
const JointView = lazy(() => import("./views/joint"));
const MapView = lazy(() => import("./views/map"));
const UnitView = lazy(() => import("./views/unit"));

/** The whole tab. */
export function Dashboard() {
  const inspector = <Inspector examples={<ExampleShown />} />;
  return <Shell view={<Shown />} inspector={inspector} exportPanel={<ExportPanel />} />;
}

function ExampleShown() {
  return (
    <Suspense fallback={null}>
      <ExamplePart />
    </Suspense>
  );
}

function Shown() {
  switch (view.value) {
    case "overview":
      return <Overview />;
    case "layer":
      return <LayerView />;
    case "unit":
      return (
        <Suspense fallback={<p class="standing">Loading the charts …</p>}>
          <UnitView />
        </Suspense>
      );
    case "flow":
      return (
        <Suspense fallback={<p class="standing">Loading the diagram …</p>}>
          <FlowView />
        </Suspense>
      );
    case "examples":
      return (
        <Suspense fallback={<p class="standing">Loading the maps …</p>}>
          <ExamplesView />
        </Suspense>
      );
    case "joint":
      return (
        <Suspense fallback={<p class="standing">Loading the bins …</p>}>
          <JointView />
        </Suspense>
      );
    case "map":
      return (
        <Suspense fallback={<p class="standing">Loading the map …</p>}>
          <MapView />
        </Suspense>
      );
  }
}
