// A question that has to be answered before anything happens.

import { $, fill } from "./dom.js";

export function ask(title, words, yes, typed = false) {
  const dialog = $("ask");
  const before = document.activeElement;
  fill($("ask-title"), title);
  fill($("ask-words"), words);
  fill($("ask-yes"), yes);
  $("ask-field").hidden = !typed;
  $("ask-input").value = "";
  $("ask-yes").disabled = typed;
  $("ask-input").oninput = () => ($("ask-yes").disabled = $("ask-input").value.trim() !== "delete");
  $("ask-no").onclick = () => dialog.close("no");
  dialog.returnValue = "no";
  document.body.classList.remove("busy"); // nothing goes on while the question waits
  dialog.showModal();
  (typed ? $("ask-input") : $("ask-yes")).focus();
  return new Promise((resolve) => {
    dialog.addEventListener(
      "close",
      () => {
        before?.focus();
        resolve(dialog.returnValue === "yes");
      },
      { once: true },
    );
  });
}
