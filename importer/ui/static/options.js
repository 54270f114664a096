// What a column's type, and its empty cells, can be told besides.

import { set } from "./card.js";
import { el, fill, options } from "./dom.js";
import { fromList, fromPairs, toList, toPairs } from "./lines.js";

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

const FIELDS = {
  decimal: choice("Decimal mark", "decimal", [["", "."], [",", ","]]),
  thousands: choice("Thousands", "thousands", [["", "none"], [",", ","], [".", "."], [" ", "space"], ["'", "'"]]),
  day_first: choice("03/04/2025 is", "day_first", [["", "not clear: fails"], ["true", "3 April"], ["false", "March 4"]], (text) => (text === "" ? null : text === "true")),
  unit: choice("Counts", "format", [["", "either, by its size"], ["seconds", "seconds"], ["milliseconds", "milliseconds"]]),
  true_values: list("Words for true, one a line", "true_values", "true\nyes"),
  false_values: list("Words for false, one a line", "false_values", "false\nno"),
  format: list("Formats, one a line", "format", "%d.%m.%Y", (found) => (found.length === 1 ? found[0] : found)),
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
    const field = el("input", { value: entry[key] ?? "", placeholder: usual, autocomplete: "off", spellcheck: "false" });
    field.addEventListener("input", () => {
      const given = trim ? field.value.trim() : field.value;
      if (given === "") delete entry[key];
      else entry[key] = read(given);
      settled();
    });
    return el("label", {}, label, field);
  };
}

function list(label, key, usual, settle = (found) => found) {
  return (entry, settled) => {
    const field = el("textarea", { rows: 2, value: toList(entry[key]), placeholder: usual, spellcheck: "false" });
    field.addEventListener("input", () => {
      const found = fromList(field.value);
      if (found.length) entry[key] = settle(found);
      else delete entry[key];
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
  const values = el("textarea", { rows: 2, value: toPairs(entry.values), placeholder: "P = premium", spellcheck: "false" });
  const said = el("p", { class: "hint", role: "status" });
  values.addEventListener("input", () => {
    const { pairs, others } = fromPairs(values.value);
    if (pairs.length) entry.values = Object.fromEntries(pairs);
    else delete entry.values;
    fill(said, others.length ? `Left out, for want of an equals sign: ${others.join("; ")}` : "");
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
      said,
    ),
  ].filter(Boolean);
}
