// The wizard: five steps, one shown at a time.

import { get } from "./api.js";
import { setUpImport } from "./begin.js";
import { setUpColumns } from "./columns.js";
import { $, alertWords } from "./dom.js";
import { openGiven, setUpFile, showFile } from "./file.js";
import { setUpMapping } from "./mapping.js";
import { setUpRuns, stepOf, takeUp } from "./runs.js";
import { on, reviewNow, state, takeUpAgain } from "./state.js";
import { setUpToken } from "./token.js";

const STEPS = ["file", "columns", "mapping", "rehearsal", "import"];

function show(step, focus = true) {
  alertWords("");
  for (const each of STEPS) $(each).hidden = each !== step;
  for (const button of document.querySelectorAll("nav.steps button")) {
    if (button.dataset.step === step) button.setAttribute("aria-current", "step");
    else button.removeAttribute("aria-current");
  }
  if (location.hash !== `#${step}`) history.pushState(null, "", `#${step}`);
  if (step === "mapping") attempt(reviewNow);
  if (focus) {
    $(`${step}-title`).focus({ preventScroll: true });
    scrollTo({ top: 0 });
  }
}

// Every fault ends up here, in words, with the button usable again.
async function attempt(action, button) {
  if (button?.hasAttribute("aria-busy")) return; // pressed twice
  alertWords("");
  button?.setAttribute("aria-busy", "true");
  document.body.classList.add("busy");
  try {
    await action();
  } catch (error) {
    alertWords(error.message);
  } finally {
    button?.removeAttribute("aria-busy");
    document.body.classList.remove("busy");
  }
}

function fromAddress() {
  const step = location.hash.slice(1);
  return STEPS.includes(step) && (step === "file" || state.source) ? step : "file";
}

// Where something is going on, or where somebody was.
function firstStep() {
  const running = state.desk.jobs.find((job) => job.running);
  if (running) return stepOf(running);
  return location.hash || !state.source ? fromAddress() : "columns";
}

function settleSteps() {
  for (const button of document.querySelectorAll("[data-step]")) {
    button.disabled = button.dataset.step !== "file" && !state.source;
  }
}

async function begin() {
  setUpFile(attempt);
  setUpColumns();
  setUpMapping(attempt);
  setUpRuns(attempt);
  setUpImport();
  setUpToken(attempt);
  on("source", showFile);
  on("source", settleSteps);
  for (const button of document.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => show(button.dataset.step));
  }
  addEventListener("popstate", () => {
    if (STEPS.includes(location.hash.slice(1))) show(fromAddress());
  });
  settleSteps();
  await attempt(async () => {
    state.desk = await get("/api/desk");
    const { source, config } = state.desk.given;
    $("load-path").value = config;
    if (state.desk.latest) await takeUpAgain(state.desk.latest);
    else if (source) await openGiven(source, config);
    takeUp(state.desk.jobs);
  });
  if ($("alert").childElementCount === 0) show(firstStep(), false);
  document.body.dataset.ready = "true";
}

begin();
