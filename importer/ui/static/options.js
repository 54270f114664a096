// What a column's type, and its empty cells, can be told besides.

import { set } from "./card.js";
import { el, options } from "./dom.js";

const OF_TYPE = {
  integer: ["decimal", "thousands"],
  number: ["decimal", "thousands"],
  boolean: ["true_values", "false_values"],
  date: ["format", "day_first"],
  datetime: ["format", "day_first", "timezone"],
  timestamp: ["unit"],
  list: ["separator"],
  phone: ["country"],
};

const list = (text) => text.split(",").map((word) => word.trim()).filter(Boolean);

const FIELDS = {
  decimal: choice("Decimal mark", "decimal", [["", "."], [",", ","]]),
  thousands: choice("Thousands", "thousands", [["", "none"], [",", ","], [".", "."], [" ", "space"], ["'", "'"]]),
  day_first: choice("03/04/2025 is", "day_first", [["", "not clear: fails"], ["true", "3 April"], ["false", "March 4"]], (text) => (text === "" ? null : text === "true")),
  unit: choice("Counts", "format", [["", "either, by its size"], ["seconds", "seconds"], ["milliseconds", "milliseconds"]]),
  true_values: text("Words for true", "true_values", "true, yes, y, t, 1, on", list),
  false_values: text("Words for false", "false_values", "false, no, n, f, 0, off", list),
  format: text("Format", "format", "%d.%m.%Y", (given) => given),
  timezone: text("Time zone", "timezone", "UTC", (given) => given),
  country: text("Country", "country", "DE", (given) => given.toUpperCase()),
  separator: text("Separator", "separator", ";", (given) => given, false),
};

function choice(label, key, pairs, read = (given) => given) {
  return (entry, settled) => {
    const field = el("select", {}, options(pairs, entry[key] ?? ""));
    field.addEventListener("change", () => {
      set(entry, key, read(field.value), null);
      settled();
    });
    return el("label", {}, label, field);
  };
}

function text(label, key, usual, read, trim = true) {
  return (entry, settled) => {
    const value = Array.isArray(entry[key]) ? entry[key].join(", ") : entry[key] ?? "";
    const field = el("input", { value, placeholder: usual, autocomplete: "off", spellcheck: "false" });
    field.addEventListener("input", () => {
      const given = trim ? field.value.trim() : field.value;
      if (given === "") delete entry[key];
      else entry[key] = read(given);
      settled();
    });
    return el("label", {}, label, field);
  };
}

const EMPTY = [["", "as the mapping says"], ["skip", "leave the property"], ["unset", "remove the property"], ["null", "null"], ["error", "fail the row"]];

export function entryOptions(entry, settled) {
  const own = (OF_TYPE[entry.type] ?? []).map((name) => FIELDS[name](entry, settled));
  const empty = el("select", {}, options(EMPTY, entry.required ? "error" : entry.empty ?? ""));
  empty.addEventListener("change", () => {
    delete entry.required;
    set(entry, "empty", empty.value, "");
    settled();
  });
  const stand = el("input", { value: entry.default ?? "", autocomplete: "off" });
  stand.addEventListener("input", () => {
    set(entry, "default", stand.value, "");
    settled();
  });
  const lines = Object.entries(entry.values ?? {}).map(([from, to]) => `${from} = ${to}`);
  const values = el("textarea", { rows: 2, value: lines.join("\n"), placeholder: "P = premium", spellcheck: "false" });
  values.addEventListener("input", () => {
    const pairs = values.value.split("\n").filter((line) => line.includes("=")).map(pair);
    if (pairs.length) entry.values = Object.fromEntries(pairs);
    else delete entry.values;
    settled();
  });
  return [
    own.length ? el("div", { class: "row" }, own) : null,
    el(
      "details",
      { class: "plain" },
      el("summary", {}, "Empty cells, other values"),
      el(
        "div",
        { class: "row" },
        el("label", {}, "An empty cell", empty),
        el("label", {}, "stands for", stand),
        el("label", { class: "grow" }, "Replace cells, one a line", values),
      ),
    ),
  ].filter(Boolean);
}

function pair(line) {
  const at = line.indexOf("=");
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()];
}
