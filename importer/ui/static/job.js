// What a rehearsal and an import have in common: progress, and how it ended.

import { get } from "./api.js";
import { count, duration, el, fill, plural } from "./dom.js";
import { state } from "./state.js";

export function showProgress(node, job, words) {
  let shown = node.querySelector(".progress");
  if (!shown) {
    shown = progress();
    fill(node, shown);
  }
  shown.update(job, words);
}

// Until a command has told how far it is.
const NOTHING = { imported: 0, failed: 0, in_doubt: 0, rows_per_second: 0, requests: 0, in_flight: 0, retried: 0, left: null };

function progress() {
  const bar = el("progress", { max: 1, "aria-label": "Rows" });
  const numbers = el("dl", { class: "tiles" });
  const said = el("p", { class: "away", role: "status" });
  const told = el("ul", { class: "told", "aria-live": "polite" });
  const node = el("div", { class: "card progress" }, bar, numbers, said, told);
  let spoken = 0;
  node.update = (job, words) => {
    const p = { ...NOTHING, ...job.progress };
    const ended = p.imported + p.failed + p.in_doubt; // what was read and not attempted is still to come
    if (p.expected) bar.value = Math.min(ended / p.expected, 1);
    const tiles = [
      ["Rows", p.expected ? `${count(ended)} of about ${count(p.expected)}` : count(ended)],
      ["Rows a second", count(p.rows_per_second)],
      ["Failed", count(p.failed)],
      ...(job.kind === "rehearsal"
        ? []
        : [["In doubt", count(p.in_doubt)], ["Requests", count(p.requests)], ["In flight", count(p.in_flight)], ["Retries", count(p.retried)]]),
      ["Time left", job.stopping ? "stopping" : duration(p.left)],
    ];
    fill(numbers, tiles.map(([name, value]) => tile(name, value)));
    fill(told, lines(job));
    if (Date.now() - spoken > 5000 && ended) {
      spoken = Date.now(); // a screen reader is told now and then, not four times a second
      fill(said, `${words}: ${count(ended)} rows, ${count(p.failed)} failed`);
    }
  };
  return node;
}

const tile = (name, value) => el("div", {}, el("dt", {}, name), el("dd", {}, value));

const lines = (job) =>
  job.told.slice(-6).map((told) => el("li", { class: told.event === "error" ? "fault" : told.event }, told.message));

const NAMES = {
  "report.html": "Report, to look at",
  "report.json": "Report, for programs",
  "failures.csv": "Failed rows, with reasons",
  "rejects.csv": "Failed rows, to mend",
  "in-doubt.csv": "Rows in doubt",
  "in-doubt-records.csv": "Rows in doubt, as in the file",
};

// `accept` imports a file as it is that looks unlike the last one.
export function showEnd(node, job, { deletes, accept }) {
  const { report } = job;
  const errors = job.told.filter((told) => told.event === "error").map((told) => el("p", { class: "fault" }, told.message));
  if (!report) {
    fill(node, el("div", { class: "card", role: "status" }, job.drifted ? drift(job, accept) : errors));
    return;
  }
  const { rows, identifiers } = report;
  const rehearsal = job.kind === "rehearsal";
  const headline = el("p", { class: isFine(report) ? "good big" : "bad big", tabindex: -1 }, ending(job, deletes));
  fill(
    node,
    el(
      "div",
      { class: "card" },
      headline,
      errors,
      el(
        "dl",
        { class: "tiles" },
        tile(`${rehearsal ? "Would be " : ""}${deletes ? "deleted" : "imported"}`.replace(/^./, (c) => c.toUpperCase()), count(rows.imported)),
        tile("Failed", count(rows.failed)),
        rehearsal ? null : tile("In doubt", count(rows.in_doubt)),
        rows.not_attempted ? tile("Not attempted", count(rows.not_attempted)) : null,
        tile("By their column", count(identifiers.column)),
        tile("By $email", count(identifiers.email)),
        tile("By a random id", count(identifiers.random)),
        rehearsal ? tile("Repeated ids", count(report.rehearsed?.repeated_ids)) : tile("Requests", count(report.requests.sent)),
        rehearsal ? tile("Requests", count(report.rehearsed?.requests)) : tile("Retries", count(report.requests.retried)),
        rehearsal ? tile("Time to expect", duration(Math.max(1, report.rehearsed?.seconds ?? 0))) : null,
      ),
      report.warnings.length ? el("ul", { class: "warnings" }, report.warnings.map((each) => el("li", { class: "warning" }, each))) : null,
      el("h3", {}, "Files of the run"),
      el("ul", { class: "files" }, (job.files ?? []).filter((name) => isOfUse(name, rows)).map((name) => el("li", {}, el("a", { href: `/runs/${report.run}/${name}`, target: name.endsWith(".csv") ? null : "_blank", rel: "noopener" }, NAMES[name] ?? name)))),
      onTheCommandLine(job),
    ),
    leftOver(job),
    rows.failed ? failuresOf(report.run) : null,
    rehearsal ? updates(report.rehearsed?.first_updates ?? []) : null,
  );
  headline.focus({ preventScroll: true });
}

function drift(job, accept) {
  const { message } = job.told.findLast((told) => told.event === "error");
  const [head, ...findings] = message.split("\n").slice(0, -1); // the last one is of the command line
  return [
    el("p", { class: "bad big" }, "Nothing was imported."),
    el("div", { class: "fault" }, el("p", {}, head), el("ul", {}, findings.map((each) => el("li", {}, each)))),
    el("p", {}, "Mend the file or the mapping; or, where the file is meant to look like this:"),
    el("button", { type: "button", onclick: accept }, "Import it as it is"),
  ];
}

const isFine = ({ status, rows }) => status === "complete" || (status === "dry-run" && !rows.failed);

function isOfUse(name, rows) {
  if (name === "failures.csv" || name === "rejects.csv") return rows.failed > 0;
  return !name.startsWith("in-doubt") || rows.in_doubt > 0;
}

function ending(job, deletes) {
  const { rows, status } = job.report;
  const done = deletes ? "deleted" : "imported";
  const rehearsal = job.kind === "rehearsal";
  if (status === "interrupted") return `Stopped after ${plural(rows.read, "row")}.${unread(job)}`;
  if (status === "stopped") return `It stopped before its last row.${unread(job)}`;
  const doubts = rows.in_doubt ? `${plural(rows.in_doubt, "row")} in doubt: look at some of them, then settle them with importer retry --in-doubt.` : "";
  if (rows.failed) return `${plural(rows.failed, "row")} of ${count(rows.read)} ${rehearsal ? "would fail" : "failed"}. ${doubts}`.trim();
  if (doubts) return doubts;
  if (!rows.read) return "There are no rows.";
  return `All ${plural(rows.read, "row")} ${rehearsal ? "would be " : ""}${done}.`;
}

// How many rows of the file an import that stopped never came to; about, where nobody has counted.
function unread({ source: path, progress, report }) {
  const { source } = state;
  const counted = path === source?.path && (source.counted ?? (source.whole ? source.preview : null));
  const left = (counted ? counted.rows + counted.misfits : (progress.expected ?? 0)) - report.rows.read;
  if (left <= 0) return "";
  return ` ${counted ? "" : "About "}${plural(left, "row")} of the file ${left === 1 ? "was" : "were"} not read.`;
}

// A run that went on and came to its end cannot be gone on with again.
function onTheCommandLine({ kind, command, go_on: goOn }) {
  if (goOn) return [el("p", { class: "quiet" }, "To go on from the command line:"), commandLine(goOn)];
  return kind === "resume" ? null : [el("p", { class: "quiet" }, "The same on the command line:"), commandLine(command)];
}

const commandLine = (words) => el("pre", { class: "command", tabindex: 0, "aria-label": "Command" }, words);

// What an import that came to its end set aside, and the commands that take that up.
function leftOver({ kind, retry, report: { status, rows } }) {
  if (kind === "rehearsal" || status !== "partial" || !retry) return null;
  const failed = rows.failed ? [el("p", {}, "Mend the failed rows in rejects.csv, in the folder that this command names; it sends them alone:"), commandLine(retry)] : [];
  const doubts = rows.in_doubt
    ? [el("p", {}, "Look in Mixpanel whether the rows in doubt have arrived. The first command sends them again, the second one takes them for settled:"), commandLine(`${retry} --in-doubt resend`), commandLine(`${retry} --in-doubt skip`)]
    : [];
  return failed.length || doubts.length ? el("div", { class: "card" }, el("h3", {}, "The rows that are left"), failed, doubts) : null;
}

function failuresOf(run) {
  const box = el("div", {}, el("p", { class: "quiet", role: "status" }, "Grouping the failed rows …"));
  get(`/runs/${run}/failures`)
    .then(({ groups }) => fill(box, groups.map(group)))
    .catch((error) => fill(box, el("p", { class: "fault" }, error.message)));
  return el("div", { class: "card" }, el("h3", {}, "Failed rows, by column and reason"), box);
}

function group({ column, property, code, reason, count: rows, rows: shown }, n) {
  const where = column ? `Column ${column}${property ? ` (${property})` : ""}: ` : "";
  return el(
    "details",
    { class: "group", open: n === 0 },
    el("summary", {}, el("b", {}, plural(rows, "row")), ` ${where}${reason} `, el("span", { class: "code" }, code)),
    el(
      "div",
      { class: "scroll", tabindex: 0, role: "region", "aria-label": `Rows: ${where}${reason}` },
      el(
        "table",
        {},
        el("thead", {}, el("tr", {}, ["Row", "Line", "Identifier", "Reason"].map((name) => el("th", { scope: "col" }, name)))),
        el("tbody", {}, shown.map((row) => el("tr", {}, el("td", {}, row.row), el("td", {}, row.line), el("td", {}, row.identifier), el("td", {}, row.reason)))),
      ),
    ),
    rows > shown.length ? el("p", { class: "quiet" }, `The first ${count(shown.length)}; all of them are in failures.csv.`) : null,
  );
}

function updates(all) {
  if (!all.length) return null;
  return el(
    "div",
    { class: "card" },
    el("h3", {}, "The first updates, as they would be sent"),
    all.map((update, n) => el("pre", { tabindex: 0, "aria-label": `Update ${n + 1}` }, JSON.stringify(update, null, 2))),
  );
}
