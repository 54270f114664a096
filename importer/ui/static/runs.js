// Steps 4 and 5: the rehearsal and the import, which are the commands themselves.

import { post, watch } from "./api.js";
import { begin, orderImport } from "./begin.js";
import { $, alertWords, el, fill } from "./dom.js";
import { showEnd, showProgress } from "./job.js";
import { save } from "./mapping.js";
import { isSaved, on, reviewNow, state } from "./state.js";
import { takeTyped } from "./token.js";

const current = { rehearsal: null, import: null };
let act = null; // says in words what goes wrong

export function setUpRuns(attempt) {
  act = attempt;
  on("mapping", putAway);
  for (const what of ["review", "saved", "mapping"]) on(what, showState);
  $("rehearse").addEventListener("click", (event) => attempt(rehearse, event.target));
  $("rehearse-stop").addEventListener("click", () => attempt(() => stop("rehearsal")));
  $("import-start").addEventListener("click", (event) => attempt(importAll, event.target));
  $("import-anew").addEventListener("click", (event) => attempt(() => importAll({ anew: true }), event.target));
  $("import-stop").addEventListener("click", () => attempt(() => stop("import")));
  $("import-resume").addEventListener("click", (event) => attempt(resume, event.target));
}

export const stepOf = (job) => (job.kind === "rehearsal" ? "rehearsal" : "import");

// What an earlier page began, or this one before it was loaded again.
export function takeUp(jobs) {
  for (const step of Object.keys(current)) {
    const job = jobs.filter((each) => stepOf(each) === step).at(-1);
    if (job && (job.running || isUnfinished(job) || isOfThis(job) || (step === "rehearsal" && isOfFile(job)))) follow(step, job);
  }
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

async function importAll({ anew = false } = {}) {
  await ready();
  const order = await orderImport(anew);
  if (order) followIf("import", await begin(order));
}

async function acceptDrift() {
  await ready();
  const order = await orderImport(false, "It looks unlike the last one, and the next one is compared with it.");
  if (order) followIf("import", await begin({ ...order, accept_drift: true }));
}

async function resume() {
  await takeTyped();
  followIf("import", await begin({ kind: "resume", run: current.import.report.run }));
}

async function stop(step) {
  await post(`/api/jobs/${current[step].id}/stop`);
}

const isOfFile = (job) => job.source === state.source?.path;
const isOfThis = (job) => isOfFile(job) && job.mapping === state.review?.mapping;

function isUnfinished({ running, report }) {
  return !running && ["interrupted", "stopped"].includes(report?.status) && Boolean(report.files.ledger);
}

// What ended belongs to the file and the mapping that it was of. An import that can go on stays.
function putAway() {
  for (const step of Object.keys(current)) {
    const job = current[step];
    if (!job || job.running || (step === "import" && isUnfinished(job))) continue;
    fill($(`${step}-state`));
    current[step] = null;
  }
}

function followIf(step, job) {
  if (job) follow(step, job);
}

function follow(step, job) {
  const deletes = Boolean(state.review?.deletes);
  const accept = (event) => act(acceptDrift, event.target);
  const node = $(`${step}-state`);
  const words = step === "rehearsal" ? "Rehearsal" : "Import";
  const take = (job) => {
    current[step] = job;
    showState();
  };
  fill(node);
  take(job);
  showProgress(node, job, words);
  watch(
    job.id,
    (job) => {
      if (job.running) showProgress(node, job, words);
      else showEnd(node, job, { deletes, accept });
      take(job);
    },
    (error) => alertWords(error.message),
  );
}

function showState() {
  showRehearsal(current.rehearsal);
  showImport(current.import);
}

function showRehearsal(job) {
  const running = Boolean(job?.running);
  toggle("rehearse", !running);
  toggle("rehearse-stop", running);
  $("rehearse-stop").disabled = Boolean(job?.stopping);
  mark("rehearsal", job);
}

// What is shown may be of another file than the one that is open, and a rehearsal of another mapping.
function mark(step, job) {
  const node = $(`${step}-state`);
  node.querySelector(".stale")?.remove();
  if (!job || job.running || !state.review || isOfThis(job)) return;
  const changed = step === "rehearsal" ? "The mapping has changed since: rehearse again." : "";
  const words = isOfFile(job) ? changed : `This is of ${nameOf(job.source)}, which is not open now.`;
  if (words) node.prepend(el("p", { class: "warning stale", role: "status" }, words));
}

const nameOf = (path) => path.split(/[\\/]/).pop();

function showImport(job) {
  const running = Boolean(job?.running);
  const unfinished = job && isUnfinished(job);
  const changed = Boolean(unfinished && state.review && isOfFile(job) && !isOfThis(job));
  const of = unfinished && !isOfFile(job) ? ` with ${nameOf(job.source)}` : "";
  fill($("import-resume"), `Go on${of}`);
  fill($("import-start"), state.review?.deletes ? "Delete the profiles" : "Import");
  fill($("import-note"), changed ? "Going on keeps to the mapping that this import was begun with, not to the one on this page." : "");
  $("import-note").hidden = !changed;
  $("import-stop").disabled = Boolean(job?.stopping);
  toggle("import-stop", running);
  toggle("import-resume", Boolean(unfinished));
  toggle("import-anew", changed);
  toggle("import-start", !running && !(unfinished && isOfFile(job)));
  mark("import", job);
}

function toggle(id, shown) {
  const hadFocus = document.activeElement === $(id) && !shown;
  $(id).hidden = !shown;
  if (hadFocus) {
    const next = [...$(id).parentElement.children].find((button) => !button.hidden);
    next?.focus(); // the keyboard stays where the button was
  }
}
