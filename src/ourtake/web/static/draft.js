// The page of a draft: one finding at a time, its words and its card together, and what to do about it.
import { onKey, say } from "./keys.js";
import { afterTaking, tell } from "./live.js";
import { openEditor } from "./edit.js";
import { ask, movedPiece } from "./rewrite.js";

const cards = () => [...document.querySelectorAll(".card[data-finding]")];
const marksOf = (number) => [...document.querySelectorAll(`mark[data-finding~="${number}"]`)];
const partOf = (button) => document.getElementById(`p-${button.dataset.edits}`);
const current = () => document.querySelector(".card.now");
let keys = [];

/** Show a finding: its card in full, its words outlined, both on screen. */
function show(card, { scroll = true, announce = true } = {}) {
  for (const old of document.querySelectorAll(".card.now, mark.now, .part.here")) old.classList.remove("now", "here");
  document.body.classList.toggle("sheet", Boolean(card));
  if (!card) return;
  card.classList.add("now");
  const marks = marksOf(card.dataset.finding);
  for (const mark of marks) mark.classList.add("now");
  const parts = [...card.querySelectorAll("[data-edits]")].map(partOf);
  for (const part of parts) part?.classList.add("here");
  document.getElementById("take").classList.toggle("whole", !marks.length);  // a finding about all of the text
  const all = cards();
  const name = card.querySelector("h2 a").textContent.trim();
  document.getElementById("place").textContent = `${all.indexOf(card) + 1} of ${all.length} · ${name}`;
  if (announce) say(`${all.indexOf(card) + 1} of ${all.length}. ${name}. ${card.querySelector("p").textContent}`);
  if (scroll) {
    (marks[0] ?? parts[0])?.scrollIntoView({ block: "center" });
    const side = document.getElementById("side");
    side.scrollTop += card.getBoundingClientRect().top - side.getBoundingClientRect().top - 8;
  }
  history.replaceState(null, "", `#f${card.dataset.finding}`);
}

function move(step) {
  if (movedPiece(step)) return;
  const all = cards();
  if (!all.length) return moveParts(step);
  const at = all.indexOf(current());
  show(all[Math.max(0, Math.min(all.length - 1, at + step))]);
}

/** Without findings, the same keys go from paragraph to paragraph. */
function moveParts(step) {
  const parts = [...document.querySelectorAll(".part")];
  const at = parts.findIndex((part) => part.classList.contains("here"));
  const next = parts[Math.max(0, Math.min(parts.length - 1, at + step))];
  for (const part of parts) part.classList.toggle("here", part === next);
  next.scrollIntoView({ block: "center" });
}

/** The paragraph that a key acts on. Of a finding about several, none: its card has a button for each. */
function partInHand(what, buttons = "[data-edits]") {
  const here = document.querySelectorAll(".part.here");
  if (here.length < 2) return here[0] ?? document.querySelector(".part.body");
  current().querySelector(buttons)?.focus();
  tell(`This finding is about several paragraphs. Choose the one to ${what}.`);
  return null;
}

onKey("j", () => move(1), { repeat: true });
onKey("k", () => move(-1), { repeat: true });
onKey("F8", (event) => move(event.shiftKey ? -1 : 1), { repeat: true });
onKey("e", () => openEditor(partInHand("edit")));
onKey("r", () => {
  const form = document.querySelector("form.ask");  // none where no model is set up
  if (!form) return false;
  ask(partInHand("rewrite", "[data-asks]"));
});
onKey("s", () => {
  const stand = current()?.querySelector("details.stand");
  if (!stand) return false;
  stand.open = true;
  stand.querySelector("input[name=reason]").focus();
});
onKey("l", () => {
  // The finding's own link, else the first one of the paragraph.
  const own = current()?.querySelector("[data-press=l]");
  if (own) return own.click();
  const part = partInHand("edit, for another link");
  if (!part) return;
  const link = part.querySelector("[data-swaps]");
  if (!link) return tell("There is no link here that could lead to another article.");
  link.click();
});
onKey("v", () => {
  const on = document.getElementById("take").classList.toggle("near");
  say(on ? "Support is shown" : "Support is hidden");
});
onKey("A", () => document.getElementById("approve").click());

document.addEventListener("click", (event) => {
  const mark = event.target.closest("mark[data-finding]");
  if (mark) {
    const number = mark.dataset.finding.split(" ")[0];
    return show(cards().find((card) => card.dataset.finding === number), { scroll: false });
  }
  const shower = event.target.closest("[data-shows]");
  if (shower) {
    event.preventDefault();
    return show(shower.closest(".card"));
  }
  const step = event.target.closest("[data-step]");
  if (step) return move(Number(step.dataset.step));
  const editor = event.target.closest("[data-edits]");
  if (editor) {
    event.preventDefault();
    tell("");
    return openEditor(partOf(editor));
  }
  const leave = event.target.closest("details.stand [data-leaves]");
  if (leave) {
    leave.closest("details").open = false;
    leave.closest("details").querySelector("summary").focus();
  }
});

/** After a change: the finding that was shown, else the one that came after it. */
function showAgain() {
  const old = keys, all = cards();
  const at = old.list?.indexOf(old.now) ?? -1;
  const later = at < 0 ? [] : old.list.slice(at);
  const next = all.find((card) => later.includes(card.dataset.key));
  show(next ?? all.at(-1), { announce: false, scroll: Boolean(next) && next.dataset.key !== old.now });
  remember();
}

function remember() {
  keys = { list: cards().map((card) => card.dataset.key), now: current()?.dataset.key };
}

afterTaking(showAgain);
document.addEventListener("submit", remember, true);
const asked = location.hash.startsWith("#f") ? document.querySelector(location.hash) : null;
// On a phone the card would cover half of the text: there it comes when somebody asks for it.
const first = matchMedia("(max-width: 52rem)").matches ? null : document.querySelector(".card.error") ?? cards()[0];
show(asked ?? first, { scroll: Boolean(asked), announce: false });

// Time at the text: it stops when the page is hidden, and a minute after the last sign of a person.
let last = Date.now(), active = 0;
for (const sign of ["keydown", "pointermove", "scroll", "touchstart"]) {
  document.addEventListener(sign, () => { last = Date.now(); }, { passive: true });
}
setInterval(() => {
  if (document.hidden || Date.now() - last > 60_000) return;
  active += 1;
  if (active % 15) return;
  const main = document.getElementById("main");
  navigator.sendBeacon(`/drafts/${main.dataset.draft}/active`, new URLSearchParams({ seconds: "15" }));
}, 1000);
