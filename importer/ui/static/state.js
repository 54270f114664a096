// What the page knows while it is open. The sheet is the mapping as the page edits it.

import { get, post } from "./api.js";
import { alertWords, later } from "./dom.js";

export const state = {
  desk: null,
  source: null,
  document: null,
  sheet: null,
  path: "",
  savedText: null,
  review: null,
  kinds: null,
  aside: {}, // columns that were unticked, by position
};

const listeners = new Map();

export function on(what, action) {
  listeners.set(what, [...(listeners.get(what) ?? []), action]);
}

export function tell(what) {
  for (const action of listeners.get(what) ?? []) action();
}

let newest = null; // the review that was asked for last

// Whoever waits for a review that is overtaken waits for the one that overtook it.
export async function reviewNow() {
  if (!state.source || !state.sheet) return;
  const content = { source: state.source.id, document: state.document, sheet: state.sheet, path: state.path };
  const asked = post("/api/mappings/review", content).then((review) => {
    if (asked !== newest) return newest;
    state.review = review;
    tell("review");
  });
  newest = asked;
  await asked;
}

export const changed = later(300, () => reviewNow().catch((error) => alertWords(error.message)));

function suggestedPath(path) {
  const name = path.split(/[\\/]/).pop().replace(/\.[^.]*$/, "") || "config";
  return `${state.desk.folder}/${name}.yaml`;
}

export const readSource = (path, settings) => post("/api/sources", { path, settings });

export async function beginMapping(source) {
  await take(source, await post("/api/mappings/draft", { source: source.id }));
}

export async function loadMapping(given, source = state.source) {
  let loaded = await post("/api/mappings/load", { source: source.id, ...given });
  const wanted = loaded.sheet.source;
  const read = source.preview.settings;
  if (Object.keys(wanted).some((key) => wanted[key] !== read[key])) {
    source = await readSource(source.path, wanted);
    loaded = await post("/api/mappings/load", { source: source.id, ...given });
  }
  await take(source, loaded);
}

// The same file, read otherwise: columns keep what they become, and those that nobody named anything
// else are named as their header reads now.
export async function keepMapping(source) {
  source.preview.columns.forEach((column, n) => {
    const before = suggestedName(state.source.preview.columns[n]);
    const [entry] = state.sheet.columns[column.position] ?? [];
    const isNamed = column.property || column.name; // or else what it was called is the best name
    if (isNamed && entry?.property === before) entry.property = suggestedName(column);
  });
  Object.assign(state, { source, kinds: null });
  state.sheet.source = { ...source.preview.settings };
  tell("source");
  tell("mapping");
  await reviewNow();
}

export const suggestedName = ({ property, name, position }) => property?.property || name || `column_${position}`;

export const takeUpAgain = ({ source, ...loaded }) => take(source, loaded);

// Whatever can fail has been done by now, but for this one question: until then the page is as it
// was.
async function take(source, { document, sheet, path }) {
  const known = await get(`/api/mappings/${document}/properties`);
  const other = source.path !== state.source?.path;
  Object.assign(state, { source, document, sheet, properties: known.properties, savedText: null, review: null, kinds: null, aside: {} });
  state.path = path || (!other && state.path) || suggestedPath(source.path);
  tell("source");
  tell("mapping"); // the columns are seen before the file is written
  await reviewNow();
  if (!state.review.changed) state.savedText = state.review.text;
  tell("review");
}

export const isSaved = () =>
  state.savedText !== null && state.review !== null && state.savedText === state.review.text;

export async function saveMapping(replace = false) {
  await reviewNow();
  const { text } = state.review; // what is changed meanwhile is not saved
  const saved = await post("/api/mappings/save", {
    source: state.source.id,
    document: state.document,
    sheet: state.sheet,
    path: state.path,
    replace,
  });
  state.savedText = text;
  state.document = saved.document;
  state.path = saved.path;
  await reviewNow();
  tell("saved");
}
