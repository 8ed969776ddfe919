// The queue: j and k move from row to row, / goes to the search, 1 to 9 choose a state.
import { onKey } from "./keys.js";

const links = [...document.querySelectorAll("tr[data-row] th a")];

function move(step) {
  const at = links.indexOf(document.activeElement);
  links[Math.max(0, Math.min(links.length - 1, at + step))]?.focus();
}

onKey("j", () => move(1), { repeat: true });
onKey("k", () => move(-1), { repeat: true });
onKey("/", () => document.getElementById("q").focus());
onKey("c", () => {
  if (!links.includes(document.activeElement)) return false;
  location.href = `${document.activeElement.href}/claims`;
});
onKey("n", () => { location.href = "/new"; });
for (const link of document.querySelectorAll(".states [data-key]")) onKey(link.dataset.key, () => link.click());
