// Step 3: the mapping as a file, and the commands that do the same.

import { ask } from "./ask.js";
import { $, el, fill } from "./dom.js";
import { randomWords } from "./kinds.js";
import { changed, isSaved, loadMapping, on, reviewNow, saveMapping, state } from "./state.js";

export function setUpMapping(attempt) {
  for (const what of ["review", "saved", "kinds"]) on(what, showReview);
  on("mapping", showMapping);
  $("save-path").addEventListener("input", () => {
    state.path = $("save-path").value.trim();
    state.savedText = null;
    changed();
  });
  $("save-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(save, event.submitter);
  });
  $("load-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => loadInstead({ path: $("load-path").value.trim() }), event.submitter);
  });
  $("load-pick").addEventListener("change", () => {
    const [file] = $("load-pick").files;
    if (file) attempt(async () => loadInstead({ text: await file.text(), name: file.name }));
    $("load-pick").value = "";
  });
  $("region").addEventListener("change", () => {
    const { url, ...project } = state.sheet.project;
    state.sheet.project = { ...project, region: $("region").value };
    changed();
  });
}

export async function save() {
  try {
    await saveMapping();
  } catch (error) {
    if (error.status !== 409) throw error;
    const yes = await ask("Replace the file?", `${error.message}. Replace it with the one on this page?`, "Replace it", { careful: true });
    if (!yes) throw new Error("The mapping was not saved. Choose another name for it.");
    await saveMapping(true);
  }
}

// May another mapping take the place of this one?
export async function mayReplace() {
  if (!state.sheet) return true;
  await reviewNow().catch(() => {}); // of a file that is not open any more, say
  if (!state.review?.touched) return true;
  return ask("Lose the changes?", "The mapping on this page has changes that are not saved. Another one would take its place.", "Lose them", { careful: true });
}

async function loadInstead(given) {
  if (await mayReplace()) await loadMapping(given);
}

function showMapping() {
  $("save-path").value = state.path;
  $("load-path").value = state.path;
  const { address } = state.desk;
  const fixed = Boolean(address.url || address.region || state.sheet.project.url);
  $("region").value = address.region || state.sheet.project.region || "us";
  $("region").disabled = fixed;
  showReview();
}

function showReview() {
  const { review, sheet } = state;
  if (!review || !sheet) return;
  const kept = sheet.kept.length ? [`Kept as it is (edit the file to change it): ${sheet.kept.join(", ")}.`] : [];
  fill(
    $("review"),
    review.faults.length
      ? el("div", { class: "fault" }, el("p", {}, "This mapping cannot be used yet:"), el("ul", {}, review.faults.map((each) => el("li", {}, each))))
      : el("p", { class: "good" }, "The mapping is valid."),
    el("ul", { class: "warnings" }, [...review.warnings, ...lacking(), ...[randomWords()].filter(Boolean)].map((each) => el("li", { class: "warning" }, each))),
    kept.map((words) => el("p", { class: "quiet" }, words)),
  );
  fill($("yaml"), review.text || "…");
  fill($("commands"), review.commands.join("\n"));
  const { address } = state.desk;
  const from = address.url || address.region ? " (set in the environment)" : "";
  fill($("address"), review.address ? `Updates go to ${review.address}${from}.` : "");
  fill($("saved"), isSaved() ? `Saved: ${state.path}` : "Not saved yet.");
}

// Columns of the mapping that the file has not, each with the way out.
function lacking() {
  const { sheet, source } = state;
  const width = source.preview.columns.length;
  const names = sheet.unknown_columns.map((name) => lack(name, () => (sheet.unknown_columns = sheet.unknown_columns.filter((each) => each !== name))));
  const mayAdd = sheet.kept.includes("transform"); // columns that the file has not
  const beyond = mayAdd ? [] : Object.keys(sheet.columns).filter((position) => position > width);
  return [...names, ...beyond.map((position) => lack(position, () => delete sheet.columns[position]))];
}

function lack(column, leaveOut) {
  const act = () => {
    leaveOut();
    $("mapping-title").focus(); // the button goes
    changed();
  };
  return [`The mapping names column ${column}, which the file has not, or has several times. `, el("button", { type: "button", class: "small", "aria-label": `Leave out column ${column}`, onclick: act }, "Leave out")];
}
