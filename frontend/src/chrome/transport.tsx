/** Play and pause, and how fast. */
import { changeSpeed, togglePlaying } from "../actions";
import { playing, recordingA, speed } from "../state";
import { Icon } from "./icons";

export function Transport() {
  const name = playing.value ? "Pause" : "Play";
  const isStill = (recordingA.value?.records.steps.length ?? 0) < 2;
  return (
    <div class="transport">
      <button
        type="button"
        class="button strong icon play"
        aria-label={name}
        title={isStill ? "One record so far: there is nothing to play" : `${name} (Space)`}
        disabled={isStill}
        onClick={togglePlaying}
      >
        <Icon name={playing.value ? "pause" : "play"} />
      </button>
      {isStill ? <span class="speed">one record so far</span> : <Speed />}
    </div>
  );
}

function Speed() {
  return (
    <div class="speed">
      <button type="button" aria-label="Slower" title="Slower ([)" onClick={() => changeSpeed(-1)}>
        −
      </button>
      <span class="number" title={`${speed.value} records a second`}>
        {speed.value}/s
      </span>
      <button type="button" aria-label="Faster" title="Faster (])" onClick={() => changeSpeed(1)}>
        +
      </button>
    </div>
  );
}
