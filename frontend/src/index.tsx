/** Where TensorBoard enters: it imports this module and calls `render`. */

/** Draw the dashboard into the page. */
export function render(): void {
  document.body.textContent = "";
}
