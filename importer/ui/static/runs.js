// Steps 4 and 5: the rehearsal and the import, which are the commands themselves.

import { post, watch } from "./api.js";
import { ask } from "./ask.js";
import { begin } from "./begin.js";
import { $, el, fill, plural } from "./dom.js";
import { showEnd, showProgress } from "./job.js";
import { save } from "./mapping.js";
import { isSaved, on, reviewNow, state } from "./state.js";
import { settleToken, takeTyped, tokenWords } from "./token.js";

const current = { rehearsal: null, import: null };
let checked = null; // the mapping that was rehearsed
let deletes = false;

export function setUpRuns(attempt) {
  on("review", showImport);
  on("saved", showImport);
  on("mapping", () => {
    putAway();
    showImport();
  });
  on("review", markStale);
  $("rehearse").addEventListener("click", (event) => attempt(rehearse, event.target));
  $("rehearse-stop").addEventListener("click", () => attempt(() => stop("rehearsal")));
  $("import-start").addEventListener("click", (event) => attempt(importAll, event.target));
  $("import-stop").addEventListener("click", () => attempt(() => stop("import")));
  $("import-resume").addEventListener("click", (event) => attempt(resume, event.target));
}

export function takeUp(job) {
  follow(job.kind === "rehearsal" ? "rehearsal" : "import", job);
}

async function ready() {
  if (!state.source) throw new Error("Open a file first, in step 1.");
  await reviewNow();
  if (state.review?.faults.length) throw new Error(`The mapping cannot be used yet: ${state.review.faults[0]}`);
  if (!isSaved()) await save();
}

async function rehearse() {
  await ready();
  followIf("rehearsal", await begin({ kind: "rehearsal", source: state.source.id, document: state.document }));
}

async function importAll() {
  await ready();
  await settleToken();
  const { review, source } = state;
  const rows = source.counted ? source.counted.rows + source.counted.misfits : source.whole ? source.rows : null;
  const what = rows === null ? "all rows" : plural(rows, "row");
  const yes = review.deletes
    ? await ask("Delete profiles?", `This deletes the profile of every row at ${review.address}, ${tokenWords()}, for good.`, "Delete them", { typed: true })
    : await ask("Import?", `${what} of ${source.path} go to ${review.address}, ${tokenWords()}.`, "Import");
  if (!yes) return;
  const order = { kind: "import", source: source.id, document: state.document, ...(review.deletes ? { consent: "delete" } : {}) };
  followIf("import", await begin(order));
}

async function resume() {
  await takeTyped();
  followIf("import", await begin({ kind: "resume", run: current.import.report.run }));
}

async function stop(step) {
  await post(`/api/jobs/${current[step].id}/stop`);
}

// What ended belongs to the file and the mapping that it was of. An import that can go on stays.
function putAway() {
  for (const step of ["rehearsal", "import"]) {
    const job = current[step];
    if (!job || job.running) continue;
    if (step === "import" && isUnfinished(job)) {
      fill($("import-resume"), `Go on with ${job.report.source.name.split(/[\\/]/).pop()}`);
      toggle("import-start", true);
      continue;
    }
    fill($(`${step}-state`));
    current[step] = null;
  }
}

function markStale() {
  const { rehearsal } = current;
  if (!rehearsal || rehearsal.running || !checked || checked === state.review?.text) return;
  checked = null;
  $("rehearsal-state").prepend(el("p", { class: "warning", role: "status" }, "The mapping has changed since: rehearse again."));
}

function followIf(step, job) {
  if (job) follow(step, job);
}

function follow(step, job) {
  if (step === "rehearsal") checked = state.review?.text ?? null;
  deletes = Boolean(state.review?.deletes);
  const node = $(`${step}-state`);
  const words = step === "rehearsal" ? "Rehearsal" : "Import";
  fill(node);
  show(step, job);
  showProgress(node, job, words);
  watch(job.id, (state) => {
    show(step, state);
    if (state.running) showProgress(node, state, words);
    else showEnd(node, state, deletes);
  });
}

function show(step, job) {
  current[step] = job;
  const running = job.running;
  if (step === "rehearsal") {
    toggle("rehearse", !running);
    toggle("rehearse-stop", running);
    $("rehearse-stop").disabled = job.stopping;
    return;
  }
  const unfinished = isUnfinished(job);
  fill($("import-resume"), "Go on");
  toggle("import-stop", running);
  $("import-stop").disabled = job.stopping;
  toggle("import-resume", unfinished);
  toggle("import-start", !running && !unfinished);
}

function isUnfinished({ running, report }) {
  return !running && ["interrupted", "stopped"].includes(report?.status) && Boolean(report.files.ledger);
}

function toggle(id, shown) {
  const hadFocus = document.activeElement === $(id) && !shown;
  $(id).hidden = !shown;
  if (hadFocus) {
    const next = [...$(id).parentElement.children].find((button) => !button.hidden);
    next?.focus(); // the keyboard stays where the button was
  }
}

function showImport() {
  const { source, review } = state;
  const words = [];
  fill($("import-start"), review?.deletes ? "Delete the profiles" : "Import");
  if (source && review) {
    const rows = source.counted || source.whole ? plural((source.counted ?? source.preview).rows + (source.counted ?? source.preview).misfits, "row") : "all rows";
    const where = review.address || "Mixpanel";
    words.push(review.deletes ? `The profiles of ${rows} of ${source.path} are deleted at ${where}.` : `${rows} of ${source.path} go to ${where}.`.replace(/^a/, "A"));
  }
  fill($("import-words"), words.length ? el("span", {}, ...words) : "Open a file first, in step 1.");
}
