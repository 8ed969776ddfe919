// Keys for a page. A key is a button or link with data-press="f", or a function that a page's module registers.
// A key never works while somebody types, while an input method composes, with Ctrl, Alt or Meta, or when keys are off.
const pressed = new Map();
const OFF = "ourtake:keys-off";

export const keysOn = () => localStorage.getItem(OFF) !== "1";

/** Run `act` for a key. `repeat`: also while the key is held down. */
export function onKey(key, act, { repeat = false } = {}) {
  pressed.set(key, { act, repeat });
}

export function isTyping(target) {
  return target instanceof Element && (target.isContentEditable || target.closest("input, textarea, select") !== null);
}

/** Say something to a screen reader. */
export function say(text) {
  const place = document.getElementById("said");
  place.textContent = "";
  requestAnimationFrame(() => { place.textContent = text; });
}

function open(dialog, from) {
  if (dialog.open) return;
  dialog.returnTo = from ?? document.activeElement;
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey) return;
  if (isTyping(event.target) || document.querySelector("dialog[open]") || !keysOn()) return;
  const known = pressed.get(event.key);
  if (known) {
    if (event.repeat && !known.repeat) return event.preventDefault();
    if (known.act(event) !== false) event.preventDefault();
    return;
  }
  const button = [...document.querySelectorAll(`[data-press="${CSS.escape(event.key)}"]`)]
    .find((one) => one.checkVisibility({ visibilityProperty: true }));
  if (!button || event.repeat) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    event.preventDefault();
    return open(document.getElementById(opener.dataset.opens), opener);
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) document.getElementById(closer.dataset.closes).close();
});

document.addEventListener("close", (event) => {
  if (event.target.returnTo?.isConnected) event.target.returnTo.focus();
}, true);

onKey("?", () => open(document.getElementById("keys-help")));
const toggle = document.getElementById("keys-on");
toggle.checked = keysOn();
toggle.addEventListener("change", () => localStorage.setItem(OFF, toggle.checked ? "0" : "1"));
