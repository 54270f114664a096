// What the page knows while it is open. The sheet is the mapping as the page edits it.

import { get, post } from "./api.js";
import { later } from "./dom.js";

export const state = {
  desk: null,
  source: null,
  document: null,
  sheet: null,
  path: "",
  savedText: null,
  review: null,
  settings: {},
};

const listeners = new Map();

export function on(what, action) {
  listeners.set(what, [...(listeners.get(what) ?? []), action]);
}

export function tell(what) {
  for (const action of listeners.get(what) ?? []) action();
}

let reviewing = 0;

export async function reviewNow() {
  if (!state.source || !state.sheet) return;
  const turn = ++reviewing;
  const review = await post("/api/mappings/review", {
    source: state.source.id,
    document: state.document,
    sheet: state.sheet,
    path: state.path,
  });
  if (turn === reviewing) {
    state.review = review;
    tell("review");
  }
}

export const changed = later(300, () => reviewNow().catch(() => {}));

function suggestedPath(path) {
  const name = path.split(/[\\/]/).pop().replace(/\.[^.]*$/, "") || "config";
  return `${state.desk.folder}/${name}.yaml`;
}

export async function openSource(path, settings) {
  state.source = await post("/api/sources", { path, settings });
  state.settings = settings;
  tell("source");
}

export function takeMapping(loaded) {
  state.document = loaded.document;
  state.sheet = loaded.sheet;
  if (loaded.path) state.path = loaded.path;
  state.path ||= suggestedPath(state.source.path);
  state.savedText = null;
}

export async function beginMapping() {
  takeMapping(await post("/api/mappings/draft", { source: state.source.id }));
  await mappingTaken();
}

export async function loadMapping(given) {
  const loaded = await post("/api/mappings/load", { source: state.source.id, ...given });
  takeMapping(loaded);
  const wanted = loaded.sheet.source;
  const read = state.source.preview.settings;
  if (Object.keys(wanted).some((key) => wanted[key] !== read[key])) {
    await openSource(state.source.path, wanted);
    takeMapping(await post("/api/mappings/load", { source: state.source.id, ...given }));
  }
  await mappingTaken();
}

export async function takeUpAgain({ source, ...loaded }) {
  state.source = source;
  tell("source");
  takeMapping(loaded);
  await mappingTaken();
}

async function mappingTaken() {
  const known = await get(`/api/mappings/${state.document}/properties`);
  state.properties = known.properties;
  state.review = null;
  tell("mapping"); // the columns are seen before the file is written
  await reviewNow();
  if (state.path && !state.review.changed) state.savedText = state.review.text;
  tell("review");
}

export const isSaved = () =>
  state.savedText !== null && state.review !== null && state.savedText === state.review.text;

export async function saveMapping(replace = false) {
  await reviewNow();
  const saved = await post("/api/mappings/save", {
    source: state.source.id,
    document: state.document,
    sheet: state.sheet,
    path: state.path,
    replace,
  });
  state.savedText = state.review.text;
  state.document = saved.document;
  state.path = saved.path;
  await reviewNow();
  tell("saved");
}
