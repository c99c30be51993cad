/** Play and pause, and how fast. */
import { changeSpeed, togglePlaying } from "../actions";
import { playing, speed } from "../state";
import { Icon } from "./icons";

export function Transport() {
  const name = playing.value ? "Pause" : "Play";
  return (
    <div class="transport">
      <button
        type="button"
        class="button strong icon play"
        aria-label={name}
        title={`${name} (Space)`}
        onClick={togglePlaying}
      >
        <Icon name={playing.value ? "pause" : "play"} />
      </button>
      <div class="speed">
        <button
          type="button"
          aria-label="Slower"
          title="Slower ([)"
          onClick={() => changeSpeed(-1)}
        >
          −
        </button>
        <span class="number" title={`${speed.value} records a second`}>
          {speed.value}/s
        </span>
        <button type="button" aria-label="Faster" title="Faster (])" onClick={() => changeSpeed(1)}>
          +
        </button>
      </div>
    </div>
  );
}
