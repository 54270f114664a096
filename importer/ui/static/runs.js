// Steps 4 and 5: the rehearsal and the import, which are the commands themselves.

import { post, watch } from "./api.js";
import { ask } from "./ask.js";
import { $, el, fill, plural } from "./dom.js";
import { showEnd, showProgress } from "./job.js";
import { save } from "./mapping.js";
import { isSaved, on, reviewNow, state } from "./state.js";

const current = { rehearsal: null, import: null };

export function setUpRuns(attempt) {
  on("review", showImport);
  on("saved", showImport);
  on("mapping", showImport);
  $("rehearse").addEventListener("click", (event) => attempt(rehearse, event.target));
  $("rehearse-stop").addEventListener("click", () => attempt(() => stop("rehearsal")));
  $("import-start").addEventListener("click", (event) => attempt(importAll, event.target));
  $("import-stop").addEventListener("click", () => attempt(() => stop("import")));
  $("import-resume").addEventListener("click", (event) => attempt(resume, event.target));
  $("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(async () => {
      const { token_from } = await post("/api/token", { token: $("token").value });
      $("token").value = "";
      state.desk.token_from = token_from;
      showImport();
    });
  });
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
  follow("rehearsal", await post("/api/jobs", { kind: "rehearsal", source: state.source.id, document: state.document }));
}

async function importAll() {
  await ready();
  if (!state.desk.token_from && !state.review.token_file) {
    $("token").focus();
    throw new Error("Which project? Type its token first; it is in Mixpanel under Project Settings.");
  }
  const { review, source } = state;
  const rows = source.counted ? source.counted.rows + source.counted.misfits : source.whole ? source.rows : null;
  const what = rows === null ? "all rows" : plural(rows, "row");
  const yes = review.deletes
    ? await ask("Delete profiles?", `This deletes the profile of every row at ${review.address}, for good.`, "Delete them", true)
    : await ask("Import?", `${what} of ${source.path} go to ${review.address}.`, "Import");
  if (!yes) return;
  const order = { kind: "import", source: source.id, document: state.document };
  follow("import", await post("/api/jobs", review.deletes ? { ...order, consent: "delete" } : order));
}

async function resume() {
  follow("import", await post("/api/jobs", { kind: "resume", run: current.import.report.run }));
}

async function stop(step) {
  await post(`/api/jobs/${current[step].id}/stop`);
}

function follow(step, job) {
  const node = $(`${step}-state`);
  const words = step === "rehearsal" ? "Rehearsal" : "Import";
  fill(node);
  show(step, job);
  showProgress(node, job, words);
  watch(job.id, (state) => {
    show(step, state);
    if (state.running) showProgress(node, state, words);
    else showEnd(node, state);
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
  const status = job.report?.status;
  const unfinished = !running && (status === "interrupted" || status === "stopped") && Boolean(job.report.files.ledger);
  toggle("import-stop", running);
  $("import-stop").disabled = job.stopping;
  toggle("import-resume", unfinished);
  toggle("import-start", !running && !unfinished);
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
  const { desk, source, review } = state;
  const words = [];
  if (source && review) {
    words.push(
      source.counted || source.whole ? plural((source.counted ?? source.preview).rows + (source.counted ?? source.preview).misfits, "row") : "All rows",
      ` of ${source.path} go to ${review.address || "Mixpanel"}.`,
    );
  }
  fill($("import-words"), words.length ? el("span", {}, ...words) : "Open a file first, in step 1.");
  const from = {
    typed: "A token is held in memory until this page ends. Type another one to replace it; nothing typed forgets it.",
    environment: "The token of the environment is used (MIXPANEL_TOKEN). Type another one to use that instead.",
  };
  const file = review?.token_file ? "The file that the mapping names is used. Type another one to use that instead." : null;
  fill($("token-words"), from[desk.token_from] ?? file ?? "It is held in memory until this page ends, never stored and never shown.");
}
