// The claim sheet. A row is decided only after its evidence was on the screen to its end; then the desk is told so, and
// the buttons work. One key press decides at most one row: a held key repeats nothing.
import { onKey, say } from "./keys.js";
import { afterTaking, load, settled, submit, take, tell } from "./live.js";

const row = () => document.getElementById("row");
let watcher;

/** How much of the window a bar covers that stays in place. */
function covered(name) {
  const bar = document.querySelector(name);
  return getComputedStyle(bar).position === "sticky" ? bar.offsetHeight : 0;
}

/** Wait until the end of the evidence is on the screen, then say so. */
function watch() {
  watcher?.disconnect();
  const shows = row()?.querySelector("form.shows:not([hidden])");
  if (!shows) return;
  shows.querySelector("button").hidden = true;
  watcher = new IntersectionObserver((entries) => {
    if (document.hidden || !entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    submit(shows);
  }, { rootMargin: `-${covered(".bar")}px 0px -${covered(".foot")}px 0px` });
  watcher.observe(document.getElementById("seen"));
}

let opened = 0;
/** Show another row. Of several that are asked for at once, the last is shown. */
async function open(link) {
  const mine = ++opened, address = link.href;
  watcher?.disconnect();
  await settled();
  const { page, problem } = await load(address);
  if (mine !== opened) return;
  tell(problem);
  if (problem) return;
  take(page);
  history.replaceState(null, "", address);
}

function move(step) {
  const rows = [...document.querySelectorAll(".row")], at = rows.indexOf(row());
  const link = rows[at + step]?.querySelector("a");
  if (link) open(link);
}

onKey("j", () => move(1), { repeat: true });
onKey("k", () => move(-1), { repeat: true });
onKey("w", () => {
  const write = row()?.querySelector("details.stand");
  if (!write) return false;
  write.open = true;
  write.querySelector("input").focus();
});
onKey("A", () => document.getElementById("approve").click());

document.addEventListener("click", (event) => {
  const link = event.target.closest(".row > a");
  if (link && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    open(link);
  }
});

// Wrong leads to the text: the next thing to do is to change it.
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.matches(".decides") || event.submitter?.value !== "wrong") return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const draft = document.getElementById("main").dataset.draft, part = form.dataset.part;
  if (await submit(form, { verdict: "wrong" })) location.href = `/drafts/${draft}?edit=${part}#p-${part}`;
}, true);

let shown = row()?.dataset.row;
afterTaking(() => {
  const now = row();
  if (now && now.dataset.row !== shown) {
    shown = now.dataset.row;
    now.scrollIntoView({ block: "start" });
    say(now.querySelector(".said").textContent);
  }
  watch();
});
watch();
