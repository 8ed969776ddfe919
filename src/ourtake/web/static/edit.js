// Editing a paragraph in place: a textarea with the browser's own undo and spelling, findings while typing, and words
// that are never lost: each input is kept in the browser until the desk has them.
import { say } from "./keys.js";
import { submit } from "./live.js";
import { forget, keep, kept } from "./kept.js";

const PAUSE = 150;
const draft = () => document.getElementById("main").dataset.draft;

export function openEditor(part) {
  const form = part?.querySelector("form.edit");
  if (!form) return;
  const area = form.querySelector("textarea");
  if (!form.hidden) return area.focus();
  part.dataset.busy = "edit";
  form.hidden = false;
  area.focus();
  area.setSelectionRange(area.value.length, area.value.length);
  const words = kept(draft(), part.dataset.part);
  if (words && words.text !== area.value) area.value = words.text;
  form.scrollIntoView({ block: "nearest" });
  check(form);
}

function close(form, { back = true } = {}) {
  const part = form.closest(".part");
  form.hidden = true;
  delete part.dataset.busy;
  if (back) part.querySelector(".edit-link")?.focus({ preventScroll: true });
}

/** Leave without keeping. The words stay in the browser and are offered again. */
function leave(form) {
  const area = form.querySelector("textarea");
  const changed = area.value !== area.defaultValue;
  if (!changed) forget(draft(), form.closest(".part").dataset.part);
  area.value = area.defaultValue;
  close(form);
  offer();
  if (changed) say("Cancelled. You can restore what you typed.");
}

async function keepWords(form) {
  const part = form.closest(".part"), name = part.dataset.part;
  delete part.dataset.busy;
  if (await submit(form)) {
    forget(draft(), name);
    offer();
    document.querySelector(`#p-${name} .edit-link`)?.focus({ preventScroll: true });
    say("Saved.");
  } else {
    part.dataset.busy = "edit";
    form.querySelector("textarea").focus();
  }
}

let waiting;
async function check(form) {
  const area = form.querySelector("textarea"), place = form.querySelector("output");
  const answer = await fetch(`/drafts/${draft()}/check`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ part: form.closest(".part").dataset.part, text: area.value }),
  }).catch(() => null);
  if (!answer?.ok) {
    place.textContent = "Not checked, because the desk does not answer.";
    return;
  }
  const { findings, links } = await answer.json();
  const lines = findings.map((one) => `${one.sign} ${one.name}: ${one.text ? `“${one.text}” ` : ""}${one.message}`);
  if (links.before !== links.now) lines.unshift(`Links ${links.before} → ${links.now}`);
  place.replaceChildren(...(lines.length ? lines : ["The rules find nothing in this paragraph."]).map((line) => {
    const row = document.createElement("span");
    row.textContent = line;
    return row;
  }));
}

document.addEventListener("input", (event) => {
  const form = event.target.closest("form.edit");
  if (!form) return;
  const part = form.closest(".part");
  keep(draft(), part.dataset.part, event.target.value, form.elements.base?.value);
  clearTimeout(waiting);
  waiting = setTimeout(() => check(form), PAUSE);
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form.edit");
  if (!form || event.isComposing || event.keyCode === 229) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    keepWords(form);
  } else if (event.key === "Escape") {
    event.preventDefault();
    leave(form);
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.edit")) return;
  event.preventDefault();
  keepWords(event.target);
});

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-does]");
  if (!button) return;
  const part = button.closest(".part");
  if (button.dataset.does === "leave") leave(button.closest("form"));
  if (button.dataset.does === "take-up") {
    openEditor(part);
    offer();
  }
  if (button.dataset.does === "forget") {
    forget(draft(), part.dataset.part);
    offer();
  }
});

/** Show where there are words that the desk does not have. */
export function offer() {
  for (const part of document.querySelectorAll(".part")) {
    const words = kept(draft(), part.dataset.part), place = part.querySelector(".offer");
    if (!place) continue;
    const shown = Boolean(words) && words.text !== part.querySelector("textarea").defaultValue && !part.dataset.busy;
    place.hidden = !shown;
    if (shown) place.querySelector("time").textContent = new Date(words.at).toLocaleTimeString([], { timeStyle: "short" });
  }
}
offer();
