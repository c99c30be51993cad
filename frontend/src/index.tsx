/** Where TensorBoard enters: it imports this module and calls `render`. */
import { render as draw } from "preact";
import { CHROME_CSS } from "./chrome/style";
import { followCorrections } from "./corrections";
import { Dashboard } from "./dashboard";
import { followNarrowness, followTheme, followVisibility, takeFocus } from "./host";
import { followKeys } from "./keyboard";
import { linkAddress } from "./link";
import { startLoading } from "./loading";
import { followFrames, followPlaying } from "./playback";
import { adoptStyles, applyTheme } from "./theme";
import { followUnitTrust } from "./unit-trust";
import { VIEWS_CSS } from "./views/style";

/** Draw the dashboard into the page, and keep it alive. */
export function render(): void {
  document.documentElement.lang = "en";
  document.title = "Neurons";
  followTheme();
  applyTheme();
  adoptStyles(CHROME_CSS);
  adoptStyles(VIEWS_CSS);
  followNarrowness();
  followVisibility(document.documentElement);
  linkAddress();
  followCorrections();
  startLoading();
  followUnitTrust();
  followKeys();
  followFrames();
  followPlaying();
  draw(<Dashboard />, document.body);
  takeFocus();
}
