// A question that has to be answered before anything happens.

import { $, fill } from "./dom.js";

export async function ask(title, words, yes, how = {}) {
  return (await choose(title, words, { yes, ...how })) === "yes";
}

// The answer is yes, other or no. Where it is `careful`, Enter alone loses nothing; where it is
// `typed`, it takes the word.
export function choose(title, words, { yes, other = "", no = "Not now", careful = false, typed = false }) {
  const dialog = $("ask");
  const before = document.activeElement;
  fill($("ask-title"), title);
  fill($("ask-words"), words);
  fill($("ask-yes"), yes);
  fill($("ask-no"), no);
  fill($("ask-other"), other);
  $("ask-other").hidden = !other;
  $("ask-field").hidden = !typed;
  $("ask-input").value = "";
  $("ask-yes").disabled = typed;
  $("ask-input").oninput = () => ($("ask-yes").disabled = $("ask-input").value.trim() !== "delete");
  $("ask-no").onclick = () => dialog.close("no");
  $("ask-other").onclick = () => dialog.close("other");
  dialog.returnValue = "no";
  const busy = document.body.classList.contains("busy");
  document.body.classList.remove("busy"); // nothing goes on while the question waits
  dialog.showModal();
  $(typed ? "ask-input" : careful ? "ask-no" : "ask-yes").focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        document.body.classList.toggle("busy", busy);
        before?.focus();
        resolve(dialog.returnValue);
      },
      { once: true },
    );
  });
}
