// Step 1: which file, and how it is read.

import { upload } from "./api.js";
import { ask } from "./ask.js";
import { $, alertWords, bytes, count, el, fill, plural } from "./dom.js";
import { mayReplace } from "./mapping.js";
import { beginMapping, isSaved, keepMapping, loadMapping, readSource, reviewNow, state } from "./state.js";

export function setUpFile(attempt) {
  $("path-form").addEventListener("submit", (event) => {
    event.preventDefault();
    const path = $("path").value.trim();
    if (path) attempt(() => openAnew(path), event.submitter);
    else alertWords("Type the path of a CSV file, or choose one below.");
  });
  $("pick").addEventListener("change", () => {
    const [file] = $("pick").files;
    if (file) attempt(() => copy(file));
    $("pick").value = "";
  });
  const drop = $("drop");
  for (const name of ["dragover", "drop"]) {
    document.addEventListener(name, (event) => event.preventDefault());
  }
  drop.addEventListener("dragover", () => drop.classList.add("over"));
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    drop.classList.remove("over");
    const [file] = event.dataTransfer.files;
    if (file) attempt(() => copy(file));
  });
  $("reading").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(() => readAgain(settingsGiven()), event.submitter);
  });
}

async function copy(file) {
  const most = state.desk.most_upload;
  if (file.size > most) {
    throw new Error(`${file.name} has ${bytes(file.size)}; at most ${bytes(most)} are copied. Type its path instead: it is read where it lies.`);
  }
  if (!(await mayReplace())) return;
  $("upload").hidden = false;
  fill($("upload-words"), `Copying ${file.name}`);
  try {
    const { path } = await upload(file, (done, all) => ($("upload-bar").value = (100 * done) / all));
    await open(path);
  } finally {
    $("upload").hidden = true;
  }
}

async function openAnew(path) {
  if (path === state.source?.path) await readAgain(state.source.preview.settings);
  else if (await mayReplace()) await open(path);
}

async function open(path) {
  const before = state.source;
  try {
    await openGiven(path, state.sheet ? "" : state.desk.given.config);
  } catch (error) {
    if (before && state.source === before) error.message += ` ${before.name} is still open.`;
    throw error;
  }
}

export async function openGiven(path, config) {
  const source = await readSource(path, {});
  const wanted = config || (await offered(source));
  if (wanted) await loadOrBegin(wanted, source);
  else await beginMapping(source);
}

async function offered({ mapping }) {
  if (!mapping) return "";
  const name = mapping.split(/[\\/]/).pop();
  const yes = await ask(`There is ${name}: use it?`, `${mapping} is named like this file, from an earlier import perhaps.`, "Use it", { no: "Begin a new one" });
  return yes ? mapping : "";
}

async function loadOrBegin(path, source) {
  try {
    await loadMapping({ path }, source);
  } catch (error) {
    await beginMapping(source);
    error.message += "\nThe page begins a new mapping meanwhile.";
    throw error;
  }
}

async function readAgain(settings) {
  const source = await readSource(state.source.path, settings);
  const [width, before] = [source, state.source].map((each) => each.preview.columns.length);
  const [names, namesBefore] = [source, state.source].map((each) => each.preview.columns.map(({ name }) => name).join("\n"));
  const isSameReading = Object.entries(source.preview.settings).every(([key, value]) => state.source.preview.settings[key] === value);
  const moved = isSameReading && names !== namesBefore; // the file itself was replaced
  await reviewNow();
  const firstDraft = !state.review.touched && !isSaved(); // which nobody would miss
  let unfit = moved ? "The file's header is another one than before: the columns of the mapping on this page may have moved." : "";
  if (width !== before) unfit = `Read like this the file has ${plural(width, "column")}, and had ${count(before)}: the mapping on this page is of no use for it.`;
  if (!firstDraft && !unfit) await keepMapping(source);
  else if (firstDraft || (await mayBeginAnew(unfit))) await beginMapping(source);
  else showFile(); // as it was, and is still, read
}

const mayBeginAnew = (unfit) => ask("Begin a new mapping?", unfit, "Begin a new one", { careful: true });

function settingsGiven() {
  return {
    ...state.source.preview.settings,
    header: $("header").value === "true",
    delimiter: $("delimiter").value,
    encoding: $("encoding").value.trim(),
  };
}

export function showFile() {
  const source = state.source;
  const { settings, columns } = source.preview;
  $("path").value = source.path;
  $("opened").hidden = false;
  fill(
    $("opened-words"),
    `${bytes(source.size)}, ${plural(columns.length, "column")}; `,
    source.whole ? plural(source.rows, "row") : `the first ${count(source.rows)} rows were looked at`,
    source.preview.misfits ? `, ${count(source.preview.misfits)} of them of another shape: these will fail.` : ".",
  );
  fill($("found"), source.found.map((words) => el("li", {}, words)));
  $("header").value = String(settings.header);
  if (![...$("delimiter").options].some((option) => option.value === settings.delimiter)) {
    $("delimiter").append(el("option", { value: settings.delimiter }, settings.delimiter));
  }
  $("delimiter").value = settings.delimiter;
  $("encoding").value = settings.encoding;
  const [head, body] = [$("peek").tHead, $("peek").tBodies[0]];
  fill(head, el("tr", {}, columns.map((c) => el("th", { scope: "col" }, c.name || `${c.position}`))));
  fill(
    body,
    [0, 1, 2].map((n) => el("tr", {}, columns.map((c) => el("td", {}, c.samples[n] ?? "")))),
  );
}
