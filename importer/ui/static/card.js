// One column: what it holds, and the properties that it feeds.

import { post } from "./api.js";
import { chart } from "./chart.js";
import { count, el, fill, later, newId, options, share } from "./dom.js";
import { entryOptions } from "./options.js";
import { state, suggestedName } from "./state.js";

const TYPES = ["string", "integer", "number", "boolean", "date", "datetime", "timestamp", "list", "json", "phone", "email", "url", "country"];
const OPERATIONS = [
  ["set", "set"],
  ["set_once", "set once"],
  ["add", "add"],
  ["union", "add to a list (union)"],
  ["append", "append to a list"],
  ["remove", "remove from a list"],
  ["unset", "unset where filled"],
];

export function columnCard(column, edited) {
  const { position } = column;
  const called = column.name ? `Column ${position}: ${column.name}` : `Column ${position}`;
  const titleId = newId("column");
  const facts = el("dl", { class: "facts" });
  const drawing = el("div", { class: "drawing" });
  const entriesBox = el("div", { class: "entries" });
  const ticked = () => String(position) in state.sheet.columns;
  const box = el("input", { type: "checkbox", checked: ticked(), onchange: () => tick(box.checked) });
  const node = el(
    "li",
    { class: "card column", "data-position": position },
    el(
      "div",
      { class: "column-head" },
      el("label", { class: "tick" }, box, el("span", { id: titleId, class: "column-title" }, called)),
      el("span", { class: "guess" }, guessWords(column)),
    ),
    el("div", { class: "column-body" }, el("div", { class: "seen" }, facts, drawing), entriesBox),
  );
  let editors = [];

  function tick(wanted) {
    box.checked = wanted;
    if (wanted === ticked()) return;
    if (wanted) state.sheet.columns[position] = state.aside[position] ?? [firstEntry(column)];
    else putAside();
    showEntries();
    edited();
  }

  // What was set is there again when the column is ticked again.
  function putAside() {
    state.aside[position] = state.sheet.columns[position];
    delete state.sheet.columns[position];
  }

  function showEntries() {
    node.classList.toggle("off", !ticked());
    const entries = state.sheet.columns[position] ?? [];
    editors = entries.map((entry, n) => entryEditor(column, called, entry, n, edited, removeEntry));
    const sign = state.sheet.identifier.column === position && !entries.length ? "It names the profile." : "Not imported.";
    fill(
      entriesBox,
      editors.map((editor) => editor.node),
      entries.length
        ? el("button", { type: "button", class: "small", onclick: addEntry }, "Another property from this column")
        : el("p", { class: "quiet" }, sign),
    );
  }

  function addEntry() {
    state.sheet.columns[position].push({ property: `column_${position}_${state.sheet.columns[position].length + 1}` });
    showEntries();
    edited();
    editors.at(-1).focus();
  }

  function removeEntry(n) {
    state.sheet.columns[position].splice(n, 1);
    showEntries();
    edited();
  }

  function show(counted, rows, whole) {
    fill(
      facts,
      el("div", {}, el("dt", {}, "Filled"), el("dd", {}, el("meter", { min: 0, max: Math.max(rows, 1), value: counted.filled, "aria-label": "Filled" }), ` ${share(counted.filled, rows)}`)),
      el("div", {}, el("dt", {}, "Different"), el("dd", {}, `${counted.exact ? "" : "about "}${count(counted.distinct)}`)),
      el("div", {}, el("dt", {}, "Such as"), el("dd", { class: "samples" }, column.samples.map((each) => el("code", {}, each)))),
    );
    fill(drawing, chart(counted.shape, !whole ? "first rows" : counted.shape.exact ? "" : "a sample of the values"));
  }

  show(column, state.source.preview.rows, state.source.whole);
  showEntries();
  if (state.source.counted) show(state.source.counted.columns[position - 1], state.source.counted.rows, true);
  return {
    node,
    tick,
    sign: () => ticked() || showEntries(),
    count: (counted, rows) => show(counted, rows, true),
    convert: () => editors.forEach((editor) => editor.convert()),
  };
}

function guessWords({ guess }) {
  const words = guess.rivals.length ? guess.rivals.join(" or ") : guess.kind;
  return guess.level === "perhaps" ? `perhaps ${words}` : words;
}

function firstEntry(column) {
  const taken = new Set(Object.values(state.sheet.columns).flat().map((entry) => entry.property));
  const suggested = suggestedName(column);
  const property = taken.has(suggested) ? `column_${column.position}` : suggested;
  const certain = column.guess.type && column.guess.level !== "perhaps" && !column.guess.counter && !column.guess.rivals.length;
  return certain ? { property, type: column.guess.type, ...column.guess.options } : { property };
}

function entryEditor(column, called, entry, n, edited, remove) {
  const property = el("input", { value: entry.property ?? "", list: "properties", autocomplete: "off", spellcheck: "false", class: "property" });
  const type = el("select", {}, options(TYPES.map((each) => [each, each]), entry.type ?? "string"));
  const operation = el("select", {}, options(OPERATIONS, entry.operation ?? "set"));
  const result = el("div", { class: "result", "aria-live": "polite" });
  const more = el("div", { class: "options" });
  const settled = () => {
    edited();
    convert();
  };
  property.addEventListener("input", () => {
    entry.property = property.value.trim();
    settled();
  });
  type.addEventListener("change", () => {
    for (const key of Object.keys(entry)) {
      if (!["property", "operation", "empty", "required", "default", "values"].includes(key)) delete entry[key];
    }
    set(entry, "type", type.value, "string");
    fill(more, entryOptions(entry, settled));
    settled();
  });
  operation.addEventListener("change", () => {
    set(entry, "operation", operation.value, "set");
    settled();
  });
  fill(more, entryOptions(entry, settled));
  let asked = 0;
  const convert = later(250, () => {
    const mine = ++asked; // answers may come in another order
    queue(() => showConversion(column, entry, result, () => mine === asked));
  });
  convert();
  const node = el(
    "fieldset",
    { class: "entry" },
    el("legend", { class: "away" }, `${called}, property ${n + 1}`),
    el(
      "div",
      { class: "row" },
      el("label", { class: "grow" }, "Property", property),
      el("label", {}, "Type", type),
      el("label", {}, "Operation", operation),
      n ? el("button", { type: "button", class: "small", "aria-label": `Remove property ${n + 1} of ${called}`, onclick: () => remove(n) }, "Remove") : null,
    ),
    more,
    result,
  );
  return { node, convert, focus: () => property.focus() };
}

export function set(entry, key, value, usual) {
  if (value === usual || value === "" || value === null) delete entry[key];
  else entry[key] = value;
}

// Two at a time: a file of three hundred columns asks for as many conversions.
let running = 0;
const waiting = [];

function queue(action) {
  waiting.push(action);
  next();
}

function next() {
  while (running < 2 && waiting.length) {
    running++;
    waiting.shift()().finally(() => {
      running--;
      next();
    });
  }
}

async function showConversion(column, entry, result, isNewest) {
  let shown;
  try {
    shown = await post(`/api/sources/${state.source.id}/convert`, {
      position: column.position,
      entry,
      around: { profiles: state.sheet.profiles, empty_cells: state.sheet.empty_cells },
    });
  } catch (error) {
    if (isNewest()) fill(result, el("p", { class: "fault" }, error.message));
    return;
  }
  if (!isNewest()) return;
  if (shown.faults.length) {
    fill(result, shown.faults.map((fault) => el("p", { class: "fault" }, fault)));
    return;
  }
  const of = state.source.whole ? `${count(shown.rows)} rows` : `the first ${count(shown.rows)} rows`;
  const verdict = shown.failed
    ? el("p", { class: "bad" }, `${count(shown.failed)} of ${of} fail`)
    : el("p", { class: "good" }, `All of ${of} convert`);
  fill(result, verdict, el("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": `Samples of column ${column.position}` }, conversionTable(shown.samples)));
}

const EMPTY = { skip: "left as it is", unset: "removed", null: "null", error: "fails" };

function conversionTable(samples) {
  return el(
    "table",
    { class: "samples" },
    el("thead", {}, el("tr", {}, el("th", { scope: "col" }, "Cell"), el("th", { scope: "col" }, "Becomes"))),
    el(
      "tbody",
      {},
      samples.map((sample) =>
        el(
          "tr",
          { class: sample.failed ? "fails" : "" },
          el("td", {}, sample.cell ? el("code", {}, sample.cell) : el("i", {}, "empty")),
          el("td", {}, sample.failed ? `✗ ${sample.failed}` : sample.json !== undefined ? el("code", {}, sample.json) : el("i", {}, EMPTY[sample.empty])),
        ),
      ),
    ),
  );
}
