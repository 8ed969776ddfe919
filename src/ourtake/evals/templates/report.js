"use strict";
// Texts of takes and sources come from outside: they are only ever set as text, never as HTML.
const element = (name, text, kind) => { const made = document.createElement(name); if (text !== undefined) made.textContent = text; if (kind) made.className = kind; return made; };
const unpack = async packed => {
  const bytes = Uint8Array.from(atob(packed), sign => sign.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
};
// A link is shown by its words and an arrow; the address is the arrow's tooltip.
const prose = (parent, text) => {
  let at = 0;
  for (const found of text.matchAll(/\]\(([^()\s]+)\)/g)) {
    parent.append(text.slice(at, found.index + 1));
    const arrow = element("span", "↗", "target");
    arrow.title = found[1];
    parent.append(arrow);
    at = found.index + found[0].length;
  }
  parent.append(text.slice(at));
};
// Offsets count code points, so texts are split into those. Of overlapping findings the first is marked.
const marked = (parent, signs, from, to, spans) => {
  let at = from;
  for (const span of spans) {
    const [start, end] = [Math.max(span.at[0], from), Math.min(span.at[1], to)];
    if (start < at || end <= start) continue;
    prose(parent, signs.slice(at, start).join(""));
    const mark = element("mark", signs.slice(start, end).join(""), span.severity);
    mark.title = `${span.code}: ${span.message}`;
    parent.append(mark);
    at = end;
  }
  prose(parent, signs.slice(at, to).join(""));
};
const paragraphs = (parent, text, spans) => {
  const signs = Array.from(text);
  let begin = 0;
  for (const part of text.split(/\n{2,}/)) {
    const length = Array.from(part).length;
    const paragraph = element("p");
    marked(paragraph, signs, begin, begin + length, spans);
    parent.append(paragraph);
    begin += length;
    while (signs[begin] === "\n") begin += 1;
  }
};
const spansOf = (cell, field) => cell.findings.filter(one => one.field === field).sort((a, b) => a.at[0] - b.at[0] || b.at[1] - a.at[1]);
const counted = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;
const cost = value => value === null ? "cost unknown" : `$${value.toFixed(4)}`;
const takeOf = cell => {
  const box = element("article", undefined, "take");
  const words = cell.words.body === undefined ? "" : ` · ${cell.words.body} words`;
  box.append(element("h4", `${cell.writer}${cell.repeat > 1 ? ` · repeat ${cell.repeat}` : ""} · ${cost(cell.cost)}${cell.repairs ? ` · ${counted(cell.repairs, "repair")}` : ""}${words}`));
  if (!cell.take) { box.append(element("p", `No take (${cell.status}). ${cell.error || ""}`, "none")); return box; }
  const headline = element("h5");
  marked(headline, Array.from(cell.take.headline), 0, Infinity, spansOf(cell, "headline"));
  const summary = element("div", undefined, "summary");
  paragraphs(summary, cell.take.summary, spansOf(cell, "summary"));
  box.append(headline, summary);
  paragraphs(box, cell.take.body, spansOf(cell, "body"));
  box.append(element("small", (cell.take.tags || []).join(" · ")));
  const errors = cell.findings.filter(one => one.severity === "error").length;
  const found = element("details");
  found.open = errors > 0;
  found.append(element("summary", cell.findings.length ? `${counted(cell.findings.length, "finding")}, ${counted(errors, "error")}` : "No findings"));
  const list = element("ul");
  for (const one of cell.findings) { const item = element("li"); item.append(element("b", one.code, one.severity), ` ${one.message}`); list.append(item); }
  found.append(list);
  box.append(found);
  const claims = element("details");
  const inWords = counts => counts.filter(one => one[1]).map(one => `${one[1]} ${one[0].replace("-", " ")}`).join(", ");
  const statuses = ["verified", "differs", "not-found", "not-checked", "opinion"].map(name => [name, cell.claims.filter(one => one.status === name).length]);
  claims.append(element("summary", `${counted(cell.claims.length, "claim")}: ${inWords(statuses)}`));
  const claimList = element("ul");
  for (const one of cell.claims) {
    const item = element("li");
    item.append(element("b", `${one.status.replace("-", " ")} `, {verified: "info", differs: "error", "not-found": "error"}[one.status] || "warning"), `${one.kind}: ${one.text}`);
    if (one.near) item.append(element("small", `near: ${one.near}`));
    claimList.append(item);
  }
  claims.append(claimList);
  // `eval keep` leaves the list of claims out, but not their counts.
  const kept = inWords(Object.entries(cell.claim_counts));
  if (cell.claims.length) box.append(claims);
  else box.append(element("small", kept ? `Claims: ${kept}. The run was kept without the list of them.` : "Claims: not measured"));
  return box;
};
const toggle = async button => {
  const row = button.closest("tr");
  const open = button.getAttribute("aria-expanded") === "true";
  button.setAttribute("aria-expanded", String(!open));
  if (open) { row.nextElementSibling.remove(); return; }
  const detail = element("tr", undefined, "detail");
  const cell = element("td");
  cell.colSpan = row.children.length;
  detail.append(cell);
  row.after(detail);
  const data = await unpack(button.dataset.pack);
  cell.append(element("p", `${data.source.title} (${data.source.outlet}): ${data.source.blurb}`, "blurb"));
  const takes = element("div", undefined, "takes");
  takes.append(...data.cells.map(takeOf));
  cell.append(takes);
};
document.querySelector(".cases").addEventListener("click", event => { const button = event.target.closest("button"); if (button) toggle(button); });
const rows = [...document.querySelectorAll("tr.case")];
const field = name => document.getElementById(`f-${name}`);
const differ = kinds => new Set(kinds.split(" ")).size > 1 || kinds.includes("some");
const filter = () => {
  const [text, topic, state, code] = ["text", "topic", "state", "code"].map(name => field(name).value);
  let shown = 0;
  for (const row of rows) {
    const kinds = row.dataset.kinds;
    const holds = (!text || row.firstElementChild.textContent.toLowerCase().includes(text.toLowerCase())) && (!topic || row.dataset.topic === topic)
      && (!state || (state === "differ" ? differ(kinds) : kinds.split(" ").includes(state) || (state === "fail" && kinds.includes("some")))) && (!code || row.dataset.codes.split(" ").includes(code));
    row.hidden = !holds;
    const next = row.nextElementSibling;
    if (next && next.classList.contains("detail")) next.hidden = !holds;
    shown += holds;
  }
  field("count").textContent = `${shown} of ${counted(rows.length, "case")}`;
};
document.querySelector(".filters").addEventListener("input", filter);
document.querySelector(".filters").addEventListener("submit", event => event.preventDefault());
