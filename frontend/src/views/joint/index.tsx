/** Two units together. */

export default function View() {
  return <p class="standing">Two units together: nothing is drawn yet.</p>;
}
