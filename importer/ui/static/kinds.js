// What names the rows: their column, their $email, chance or nothing.

import { post } from "./api.js";
import { $, alertWords, count, el, fill, later, plural } from "./dom.js";
import { state, tell } from "./state.js";

const namesProfiles = () => state.source.preview.columns.some(({ position }) => position === state.sheet.identifier.column);

// The column that the mapping names, where the file has no such one.
export function lackingIdentifier() {
  const { column } = state.sheet.identifier;
  const where = state.sheet.kept.includes("transform") ? "not in this file, unless the transform adds it" : "not in this file";
  return column && !namesProfiles() ? [[column, `${column}: ${where}`]] : [];
}

// Importing what is named by chance once more finds none of its profiles.
export function randomWords() {
  const { random, rows, whole } = state.kinds ?? {};
  if (!random) return "";
  const which = whole ? plural(random, "row") : `${count(random)} of the first ${plural(rows, "row")}`;
  const have = random === 1 ? "has no identifier of its own and gets" : "have no identifier of their own and get";
  return `${which} ${have} a random one: importing again makes ${whole ? "" : "at least "}${plural(random, "more profile")}.`;
}

let asked = 0; // how often was counted

export async function countNow() {
  const number = ++asked;
  const { source, sheet } = state;
  const isEmail = (entry) => entry.property === "$email";
  const given = Object.entries(sheet.columns).filter(([position, entries]) => position <= source.preview.columns.length && entries.some(isEmail));
  const emails = Object.fromEntries(given.map(([position, entries]) => [position, entries.filter(isEmail)]));
  let kinds;
  try {
    kinds = await post(`/api/sources/${source.id}/identifiers`, {
      column: namesProfiles() ? sheet.identifier.column : null,
      emails,
      document: state.document,
      fallback: sheet.identifier.fallback,
      people: sheet.profiles === "user",
    });
  } catch (error) {
    if (number === asked) alertWords(error.message);
    return;
  }
  // Another file is open by now, or the rows are named by something else.
  if (source !== state.source || number !== asked) return;
  state.kinds = kinds;
  tell("kinds");
  showKinds(kinds);
}

export const countKinds = later(200, countNow);

function showKinds(kinds) {
  const of = kinds.whole ? `Of all ${count(kinds.rows)} rows` : `Of the first ${count(kinds.rows)} rows`;
  const parts = [
    [kinds.column, "by the column"],
    [kinds.email, "by $email"],
    [kinds.random, "by a random id"],
    [kinds.none, "by nothing: these fail"],
  ];
  const unread = parts.reduce((left, [n]) => left - n, kinds.rows);
  if (unread) parts.push([unread, "of another shape: these fail"]);
  fill(
    $("kinds"),
    el("p", { class: "kinds-words" }, `${of}, named:`),
    el("ul", { class: "kinds" }, parts.map(([n, words]) => el("li", { class: n ? "" : "none" }, el("b", {}, count(n)), ` ${words}`))),
    kinds.repeated ? el("p", { class: "warning" }, `${plural(kinds.repeated, "row")} with the id of an earlier row: the last one wins.`) : null,
    kinds.random ? el("p", { class: "warning" }, randomWords()) : null,
  );
}
