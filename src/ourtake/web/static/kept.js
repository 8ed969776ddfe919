// Words that somebody typed and that the desk does not have yet. They survive a reload, a lost session and a dead server.
const key = (draft, part) => `ourtake:words:${draft}:${part}`;

export function keep(draft, part, text, base) {
  localStorage.setItem(key(draft, part), JSON.stringify({ text, base, at: new Date().toISOString() }));
}

export function kept(draft, part) {
  try {
    return JSON.parse(localStorage.getItem(key(draft, part)));
  } catch {
    return null;
  }
}

export const forget = (draft, part) => localStorage.removeItem(key(draft, part));
