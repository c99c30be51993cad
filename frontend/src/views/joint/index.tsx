/** The joint view: two responses together over the probe set, at one record, on axes that hold for all. */
import { useEffect, useRef } from "preact/hooks";
import { Failure } from "../../chrome/failure";
import { offerExport } from "../../export";
import {
  followResponses,
  likenessFailure,
  responsesA,
  responsesFailure,
  retryResponses,
} from "../../responses";
import { isJointTable } from "../../state";
import { adoptStyles } from "../../theme";
import { LAYER_CSS } from "../layer/style";
import { JointBar } from "./bar";
import { BinExamples } from "./examples";
import { jointExport } from "./exports";
import { JointFoot } from "./foot";
import { CannotMix, NoResponses } from "./missing";
import { followLattice, Picture } from "./plane";
import { binsFailure, followBins, isDifference, isPaired, retryBins, shownBins } from "./records";
import { JOINT_CSS } from "./style";
import { ExamplesTable } from "./table";

adoptStyles(LAYER_CSS);
adoptStyles(JOINT_CSS);

export default function JointView() {
  const place = useRef<HTMLElement>(null);
  useEffect(followResponses, []);
  useEffect(followBins, []);
  useEffect(followLattice, []);
  useEffect(() => offerExport(jointExport(() => place.current)), []);
  return (
    <section ref={place} class="joint-view" aria-label="Joint">
      <Content />
    </section>
  );
}

function Content() {
  const known = responsesA.value;
  if (!known) {
    return responsesFailure.value === null ? <Loading /> : <Failed why={responsesFailure.value} />;
  }
  if (known.layers.length === 0) return <NoResponses />;
  return (
    <>
      <JointBar />
      <Shown />
    </>
  );
}

function Shown() {
  const [found, failure] = [shownBins.value, binsFailure.value];
  if (isDifference.value && !isPaired.value) return <CannotMix />;
  if (failure !== null) return <Failed why={failure} />;
  if (!found) return likenessFailure.value ? <Failed why={likenessFailure.value} /> : <Loading />;
  return (
    <>
      <div class="joint-place">
        {isJointTable.value ? (
          <div class="joint-table">
            <ExamplesTable found={found} />
          </div>
        ) : (
          <Picture found={found} />
        )}
        <BinExamples found={found} />
      </div>
      <JointFoot found={found} />
    </>
  );
}

function Failed({ why }: { readonly why: string }) {
  return (
    <div style={{ position: "relative", flex: 1 }}>
      <Failure
        what="The responses could not be read"
        why={why}
        onRetry={() => {
          retryResponses();
          retryBins();
        }}
      />
    </div>
  );
}

function Loading() {
  return (
    <p class="standing" role="status">
      Loading the responses …
    </p>
  );
}
