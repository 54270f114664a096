// What names the rows: their column, their $email, chance or nothing.

import { post } from "./api.js";
import { $, alertWords, count, el, fill, later, plural } from "./dom.js";
import { state } from "./state.js";

const namesProfiles = () => state.source.preview.columns.some(({ position }) => position === state.sheet.identifier.column);

// The column that the mapping names, where the file has no such one.
export function lackingIdentifier() {
  const { column } = state.sheet.identifier;
  return column && !namesProfiles() ? [[column, `${column}: not in this file`]] : [];
}

// Importing what is named by chance once more finds none of its profiles.
export function randomWords() {
  const { random, rows, whole } = state.kinds ?? {};
  if (!random) return "";
  const which = whole ? plural(random, "row") : `${count(random)} of the first ${plural(rows, "row")}`;
  return `${which} ${random === 1 ? "has" : "have"} no identifier of ${random === 1 ? "its" : "their"} own and ${random === 1 ? "gets" : "get"} a random one: importing again makes ${count(random)} more profile${random === 1 ? "" : "s"}.`;
}

export const countKinds = later(200, async () => {
  const { source, sheet } = state;
  const email = Object.entries(sheet.columns).find(([, entries]) => entries.some((e) => e.property === "$email"));
  let kinds;
  try {
    kinds = await post(`/api/sources/${source.id}/identifiers`, {
      column: namesProfiles() ? sheet.identifier.column : null,
      email: email ? Number(email[0]) : null,
      fallback: sheet.identifier.fallback,
      people: sheet.profiles === "user",
    });
  } catch (error) {
    alertWords(error.message);
    return;
  }
  const of = kinds.whole ? `Of all ${count(kinds.rows)} rows` : `Of the first ${count(kinds.rows)} rows`;
  const parts = [
    [kinds.column, "by the column"],
    [kinds.email, "by $email"],
    [kinds.random, "by a random id"],
    [kinds.none, "by nothing: these fail"],
  ];
  state.kinds = kinds;
  fill(
    $("kinds"),
    el("p", { class: "kinds-words" }, `${of}, named:`),
    el("ul", { class: "kinds" }, parts.map(([n, words]) => el("li", { class: n ? "" : "none" }, el("b", {}, count(n)), ` ${words}`))),
    kinds.repeated ? el("p", { class: "warning" }, `${plural(kinds.repeated, "row")} with the id of an earlier row: the last one wins.`) : null,
    kinds.random ? el("p", { class: "warning" }, randomWords()) : null,
  );
});
