// A take is watched while it is written.
import { say } from "./keys.js";

const growing = document.getElementById("growing");
if (growing) {
  const source = new EventSource(`/new/${growing.dataset.job}/stream`);
  const words = document.getElementById("words"), how = document.getElementById("how");
  source.addEventListener("text", (event) => { words.textContent = JSON.parse(event.data); });
  source.addEventListener("done", () => {
    source.close();
    say("It is done.");
    location.reload();
  });
  source.addEventListener("failed", (event) => {
    source.close();
    how.textContent = JSON.parse(event.data);
    how.className = "problem";
  });
  source.onerror = () => {
    source.close();
    how.textContent = "The desk does not answer. What has been written so far is in the store.";
  };
}
