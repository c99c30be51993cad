/** Units and examples in two dimensions. */

export default function View() {
  return <p class="standing">Units and examples in two dimensions: nothing is drawn yet.</p>;
}
