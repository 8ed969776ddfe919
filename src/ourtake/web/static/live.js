// Forms with data-live are sent in the background, and the page takes over what changed: no reload, no lost place.
// The answer is a page of ours, parsed by the browser as a document in which no script runs.
import { say } from "./keys.js";

/** The page of an address, as `send` gives it. */
export const load = (address) => send(address, null);

/** POST fields to an address. Resolves to { status, page, problem }; page is a Document, problem a sentence. */
export function send(address, fields) {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest();
    request.open(fields ? "POST" : "GET", address);
    request.responseType = "document";
    request.setRequestHeader("X-Desk", "part");
    request.onload = () => {
      const page = request.response;
      const loggedOut = new URL(request.responseURL).pathname === "/login";
      const problem = loggedOut
        ? "Your session has ended. Log in again in another tab, then save your words here."
        : request.status >= 400 ? page?.getElementById("problem")?.textContent ?? `The desk answered ${request.status}.` : "";
      resolve({ status: loggedOut ? 401 : request.status, page, problem });
    };
    request.onerror = () => resolve({ status: 0, page: null, problem: "The desk does not answer. Nothing has been changed. Your words are still here." });
    request.send(fields && new URLSearchParams(fields));
  });
}

/** Show a problem where everybody sees and hears it. */
export function tell(problem) {
  const place = document.getElementById("problem-now");
  place.textContent = problem;
  place.hidden = !problem;
}

// An approval that is not possible yet says why, on each page that offers one.
document.addEventListener("click", (event) => {
  if (!event.target.closest("#approve[aria-disabled=true]")) return;
  event.preventDefault();
  tell(`Not yet: ${document.getElementById("why").textContent.trim()}`);
});

const listeners = [];
/** Run `act` after a page was taken over. */
export const afterTaking = (act) => listeners.push(act);

/** Take over what is different in a page that the desk answered with. Parts that are being edited stay. */
export function take(page) {
  const side = document.getElementById("side")?.scrollTop;
  for (const id of ["counts", "take", "side", "foot", "sheet"]) {
    const [old, fresh] = [document.getElementById(id), page.getElementById(id)];
    if (!old || !fresh || old.isEqualNode(fresh)) continue;
    const kept = [...old.querySelectorAll(".part[data-busy]")];
    const made = document.adoptNode(fresh);
    for (const part of kept) made.querySelector(`#${part.id}`)?.replaceWith(part);
    old.replaceWith(made);
  }
  const [main, fresh] = [document.getElementById("main"), page.getElementById("main")];
  if (main && fresh) Object.assign(main.dataset, fresh.dataset);
  document.title = page.title;
  if (side !== undefined) document.getElementById("side").scrollTop = side;
  for (const act of listeners) act();
}

/** Send a form, and take over the page that comes back. Resolves to whether it was accepted. */
export async function submit(form, extra = {}) {
  // What is under way is not sent again, and the next change starts from its result.
  if (under) return false;
  under = submitted(form, extra);
  try {
    return await under;
  } finally {
    under = null;
  }
}

let under = null;
/** Wait for a form that is under way, so that its page is not taken over what is asked for now. */
export const settled = () => under?.catch(() => false);

async function submitted(form, extra) {
  const fields = { ...Object.fromEntries(new FormData(form)), ...extra };
  form.setAttribute("aria-busy", "true");
  const { status, page, problem } = await send(form.action, fields);
  form.removeAttribute("aria-busy");
  tell(problem);
  if (problem) return false;
  take(page);
  const said = page.getElementById("done")?.textContent;
  if (said) say(said);
  return status < 400;
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.hasAttribute("data-live") || event.defaultPrevented) return;
  event.preventDefault();
  const extra = event.submitter?.name ? { [event.submitter.name]: event.submitter.value } : {};
  submit(form, extra);
});
