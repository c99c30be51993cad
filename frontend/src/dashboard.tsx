/** Which view the shell frames. */
import { Shell } from "./chrome/shell";

/** The whole tab. */
export function Dashboard() {
  return <Shell view={null} inspector={null} exportPanel={null} />;
}
