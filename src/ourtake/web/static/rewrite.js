// Rewriting a paragraph: a note is asked for, the model's text streams in, and becomes a proposal that is taken or dropped
// piece by piece. Until it is finished none of it is in the take.
import { onKey, say } from "./keys.js";
import { afterTaking, load, take, tell } from "./live.js";

const open = () => document.querySelector(".proposal");
const piecesOf = (proposal) => [...proposal.querySelectorAll(".piece")];

function choose(proposal, piece) {
  for (const one of piecesOf(proposal)) one.classList.toggle("now", one === piece);
  proposal.querySelector("form[data-pieces] input[name=piece]").value = piece.dataset.piece;
  const [cut, put] = ["del", "ins"].map((name) => piece.querySelector(name)?.textContent.trim());
  say(cut && put ? `“${cut}” becomes “${put}”` : cut ? `“${cut}” is removed` : `“${put}” is added`);
  piece.scrollIntoView({ block: "nearest" });
}

function move(step) {
  const proposal = open();
  if (!proposal) return false;
  const pieces = piecesOf(proposal), at = pieces.findIndex((one) => one.classList.contains("now"));
  choose(proposal, pieces[Math.max(0, Math.min(pieces.length - 1, at + step))]);
}

/** j and k go to the pieces while a proposal is open, else to the findings. */
export const movedPiece = (step) => move(step) !== false;

onKey("Enter", (event) => {
  const button = open()?.querySelector("[data-finishes]");
  if (!button || event.target.closest("a, button, summary")) return false;
  finish(button);
});
onKey("Escape", () => {
  const proposal = open();
  if (!proposal) return false;
  proposal.querySelector("[data-discards]").click();
});

function finish(button) {
  if (button.getAttribute("aria-disabled") === "true") return tell("Not yet: accept or drop each piece first.");
  button.form.requestSubmit();
}

/** Ask for the note of a rewrite; tags have none. */
export function ask(part) {
  const form = part?.querySelector("form.ask");
  if (!form) return;
  tell("");
  form.hidden = false;
  form.querySelector("input").focus();
}

function leave(form) {
  form.source?.close();
  form.hidden = true;
  form.querySelector(".stream").hidden = true;
  document.querySelector(`#${form.closest(".part").id} .edit-link`)?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const asks = event.target.closest("[data-asks]");
  if (asks) ask(document.getElementById(`p-${asks.dataset.asks}`));
  if (event.target.closest("[data-does=drop-ask]")) leave(event.target.closest("form"));
  const piece = event.target.closest(".piece");
  if (piece) choose(piece.closest(".proposal"), piece);
  const done = event.target.closest("[data-finishes][aria-disabled=true]");
  if (done) {
    event.preventDefault();
    finish(done);
  }
});

document.addEventListener("keydown", (event) => {
  const form = event.target.closest?.("form.ask");
  if (form && event.key === "Escape" && !event.isComposing) {
    event.preventDefault();
    leave(form);
  }
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form.ask")) return;
  event.preventDefault();
  stream(event.target);
});

/** Ask for a rewrite, and show its words as they come. */
async function stream(form) {
  const shown = form.querySelector(".stream"), words = form.querySelector(".streamed");
  tell("");
  form.closest(".part").dataset.busy = "rewrite";
  words.textContent = "";
  shown.hidden = false;
  const started = await fetch(form.action, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(Object.fromEntries(new FormData(form))),
  }).catch(() => null);
  const told = started ? await started.json().catch(() => ({})) : {};
  if (!started?.ok) return failed(form, told.error ?? "The desk does not answer. The text has not changed.");
  const source = form.source = new EventSource(told.stream);
  source.addEventListener("text", (event) => { words.textContent = JSON.parse(event.data); });
  source.addEventListener("failed", (event) => {
    source.close();
    failed(form, `${JSON.parse(event.data)} The text has not changed.`);
  });
  source.addEventListener("done", async () => {
    source.close();
    delete form.closest(".part").dataset.busy;
    const { page, problem } = await load(location.pathname);
    if (problem) return failed(form, problem);
    take(page);
    const proposal = open();
    if (proposal) choose(proposal, proposal.querySelector(".piece.now") ?? piecesOf(proposal)[0]);
  });
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED || source.lost) return;
    source.lost = true;
    source.close();
    failed(form, "The connection to the desk was lost. The text has not changed; the cost is in the ledger.");
  };
}

function failed(form, problem) {
  delete form.closest(".part")?.dataset.busy;
  form.querySelector(".stream").hidden = true;
  tell(problem);
  form.querySelector("input").focus();
}

afterTaking(() => {
  const proposal = open();
  if (proposal && !proposal.querySelector(".piece.now")) piecesOf(proposal)[0]?.classList.add("now");
});
