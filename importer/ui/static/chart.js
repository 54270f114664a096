// A small drawing of how a column's values are spread, with the same in words.

import { count, el, share } from "./dom.js";

const WHAT = { values: "Commonest", numbers: "Numbers", years: "Years", lengths: "Lengths, in characters" };

export function chart(shape, of) {
  if (!shape.bars.length) return null;
  const all = shape.bars.reduce((sum, bar) => sum + bar.cells, 0);
  const most = Math.max(...shape.bars.map((bar) => bar.cells), 1);
  const caption = WHAT[shape.measure] + (of ? ` (${of})` : "");
  return shape.measure === "values" ? list(shape, caption, most) : histogram(shape, caption, most, all);
}

function list(shape, caption, most) {
  return el(
    "figure",
    {},
    el("figcaption", {}, caption),
    el(
      "ol",
      { class: "bars" },
      shape.bars.map((bar) =>
        el("li", {}, el("span", { class: "label" }, bar.label), drawn(bar.cells / most), el("span", { class: "cells" }, count(bar.cells))),
      ),
    ),
  );
}

function drawn(part) {
  const bar = el("span", { class: "bar", "aria-hidden": "true" }, el("span"));
  bar.firstChild.style.inlineSize = `${Math.max(100 * part, 1)}%`;
  return bar;
}

function histogram(shape, caption, most, all) {
  const words = shape.bars.map((bar) => `${bar.label}: ${share(bar.cells, all)}`).join("; ");
  const columns = shape.bars.map((bar) => {
    const column = el("span", { class: bar.cells ? "" : "none" });
    column.style.blockSize = `${bar.cells ? Math.max((100 * bar.cells) / most, 3) : 1}%`;
    column.title = `${bar.label}: ${share(bar.cells, all)}`;
    return column;
  });
  return el(
    "figure",
    {},
    el("figcaption", {}, caption),
    el("div", { class: "histogram", role: "img", "aria-label": `${caption}: ${words}` }, columns),
    el("div", { class: "ends", "aria-hidden": "true" }, el("span", {}, shape.bars[0].label), el("span", {}, shape.bars.at(-1).label)),
  );
}
