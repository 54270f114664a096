// Step 2: every column with what it holds, and what becomes of it.

import { get } from "./api.js";
import { columnCard } from "./card.js";
import { $, count, el, fill, options, plural } from "./dom.js";
import { countKinds, lackingIdentifier } from "./kinds.js";
import { changed, on, state } from "./state.js";

let cards = [];
let waitingFor = null;

export function setUpColumns() {
  on("mapping", () => {
    showColumns();
    if (state.source.whole) fill($("count-words"));
    else if (waitingFor !== state.source.id) waitForCounts(state.source.id);
  });
  $("tick-all").addEventListener("click", () => cards.forEach((card) => card.tick(true)));
  $("untick-all").addEventListener("click", () => cards.forEach((card) => card.tick(false)));
  $("identifier").addEventListener("change", () => {
    const chosen = $("identifier").value;
    state.sheet.identifier.column = Number(chosen) || chosen || null; // a name, where the file lacks it
    cards.forEach((card) => card.sign());
    edited();
  });
  for (const id of ["by-email", "by-chance"]) {
    $(id).addEventListener("change", () => {
      const people = state.sheet.profiles === "user";
      state.sheet.identifier.fallback = [
        ...($("by-email").checked && people ? ["email"] : []),
        ...($("by-chance").checked ? ["random"] : []),
      ];
      edited();
    });
  }
  $("add-constant").addEventListener("click", () => {
    state.sheet.constants.push({ name: "", value: "" });
    showConstants();
    $("constants").lastElementChild.querySelector("input").focus();
  });
  $("profiles").addEventListener("change", settleProfiles);
  $("group-key").addEventListener("change", settleProfiles);
  $("empty-cells").addEventListener("change", () => {
    state.sheet.empty_cells = $("empty-cells").value;
    edited();
    cards.forEach((card) => card.convert());
  });
}

function edited() {
  changed();
  countKinds();
}

function settleProfiles() {
  const groups = $("profiles").value === "group";
  $("group-field").hidden = !groups;
  state.sheet.profiles = groups ? { group_key: $("group-key").value.trim() } : "user";
  if (groups) {
    $("by-email").checked = false;
    state.sheet.identifier.fallback = state.sheet.identifier.fallback.filter((each) => each !== "email");
  }
  $("by-email").disabled = groups;
  edited();
  cards.forEach((card) => card.convert());
}

function showColumns() {
  const { source, sheet } = state;
  const columns = source.preview.columns;
  fill($("columns-words"), `${WHAT_TO_DO} ${sampleWords(source)}`);
  fill(
    $("identifier"),
    options(
      [["", "none"], ...lackingIdentifier(), ...columns.map((c) => [c.position, `${c.position}${c.name ? ` ${c.name}` : ""}: ${c.guess.kind}`])],
      sheet.identifier.column ?? "",
    ),
  );
  $("by-email").checked = sheet.identifier.fallback.includes("email");
  $("by-chance").checked = sheet.identifier.fallback.includes("random");
  const groups = sheet.profiles !== "user";
  $("profiles").value = groups ? "group" : "user";
  $("group-field").hidden = !groups;
  if (groups) $("group-key").value = sheet.profiles.group_key;
  $("by-email").disabled = groups;
  $("empty-cells").value = sheet.empty_cells;
  fill($("properties"), state.properties.map((each) => el("option", { value: each.name }, each.label)));
  cards = columns.map((column) => columnCard(column, edited));
  fill($("cards"), cards.map((card) => card.node));
  showConstants();
  countKinds();
}

const WHAT_TO_DO = "Tick what is to be imported, and name its property.";

function sampleWords(source) {
  return source.whole
    ? "What is shown of a column is of the whole file."
    : `What is shown is of the first ${count(source.rows)} rows, until the whole file is counted.`;
}

async function waitForCounts(id) {
  waitingFor = id;
  fill($("count-words"), "Counting the whole file …");
  for (;;) {
    let counts;
    try {
      counts = await get(`/api/sources/${id}/counts`);
    } catch {
      fill($("count-words"), "");
      return;
    }
    if (state.source.id !== id) return;
    if (counts.ready) {
      const { preview } = counts;
      if (!preview) {
        fill($("count-words"), "The whole file could not be counted; the rehearsal says more.");
        return;
      }
      fill($("columns-words"), WHAT_TO_DO);
      const misfits = preview.misfits ? `, ${count(preview.misfits)} of another shape` : "";
      const all = plural(preview.rows + preview.misfits, "row");
      fill($("count-words"), `The whole file is counted: ${all}${misfits}. Samples, what becomes of them and what names the rows are still of the first ${count(state.source.rows)} rows.`);
      state.source.counted = preview;
      preview.columns.forEach((column, n) => cards[n]?.count(column, preview.rows));
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
}

function showConstants() {
  const { constants } = state.sheet;
  fill($("constants"), constants.map((constant, n) => constantRow(constant, n)));
}

const KINDS = [["text", "text"], ["number", "number"], ["boolean", "yes or no"]];

function constantRow(constant, n) {
  const kind = { number: "number", boolean: "boolean" }[typeof constant.value] ?? "text";
  const name = el("input", { value: constant.name, list: "properties", autocomplete: "off", spellcheck: "false" });
  const value = el("input", { value: String(constant.value), autocomplete: "off" });
  const as = el("select", {}, options(KINDS, kind));
  const said = el("p", { class: "hint", role: "status" });
  let refused = null;
  const settle = () => {
    const found = read(value.value, as.value);
    constant.value = found ?? value.value;
    if (found === null) {
      fill(said, `${value.value.trim() || "Nothing"} is no ${as.value === "number" ? "number that can be kept exactly" : "yes or no"}: it is sent as text.`);
      as.value = "text";
      refused = value.value;
    } else if (value.value !== refused) fill(said);
    changed();
  };
  name.addEventListener("change", () => {
    constant.name = name.value.trim();
    changed();
  });
  for (const field of [value, as]) field.addEventListener("change", settle);
  return el(
    "li",
    { class: "row" },
    el("label", {}, "Property", name),
    el("label", { class: "grow" }, "Value", value),
    el("label", {}, "Sent as", as),
    el("button", { type: "button", "aria-label": `Remove the constant ${constant.name || n + 1}`, onclick: () => remove(n) }, "Remove"),
    said,
  );
}

// The value as it is sent, or null where it is none of that kind, or would lose digits.
function read(text, kind) {
  const word = text.trim().toLowerCase();
  if (kind === "boolean") return ["true", "yes", "1", "on"].includes(word) || (["false", "no", "0", "off"].includes(word) ? false : null);
  if (kind !== "number") return text;
  const exact = /^-?\d+(\.\d+)?$/.test(word) && word.replace(/\D/g, "").length <= 15;
  return exact ? Number(word) : null;
}

function remove(n) {
  state.sheet.constants.splice(n, 1);
  showConstants();
  changed();
  $("add-constant").focus();
}
