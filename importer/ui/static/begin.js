// Begins a rehearsal or an import. What the server asks first is answered by whoever looks.

import { post } from "./api.js";
import { ask, choose } from "./ask.js";
import { $, el, fill, plural } from "./dom.js";
import { countNow, randomWords } from "./kinds.js";
import { loadMapping, on, saveMapping, state } from "./state.js";
import { settleToken, tokenWords } from "./token.js";

const TWICE = "What adds or appends would count twice";

export function setUpImport() {
  for (const what of ["review", "saved", "mapping"]) on(what, showWords);
}

// The order of an import that somebody agreed to, or null.
export async function orderImport(anew, note = "") {
  await settleToken();
  await countNow();
  const { review, source } = state;
  const what = `${rowsOf(source)} of ${source.name}`;
  const where = `${review.address}, ${tokenWords()}`;
  const yes = review.deletes
    ? await ask("Delete profiles?", `This deletes the profiles of ${what} at ${where}, for good.`, "Delete them", { typed: true })
    : await askImport([capital(`${what} go to ${where}.`), note], anew);
  if (!yes) return null;
  const order = { kind: "import", source: source.id, document: state.document };
  return { ...order, ...(anew ? { anew } : {}), ...(review.deletes ? { consent: "delete" } : {}) };
}

function askImport(words, anew) {
  const lines = [...words, anew && `${TWICE} for the rows that had arrived.`, randomWords()].filter(Boolean);
  const [title, yes] = anew ? ["Import all rows again?", "Import all again"] : ["Import?", "Import"];
  return ask(title, lines.join("\n"), yes, { careful: anew });
}

function rowsOf({ counted, whole, preview }) {
  const rows = counted ?? (whole ? preview : null);
  return rows ? plural(rows.rows + rows.misfits, "row") : "all rows";
}

const capital = (words) => words.replace(/^a/, "A");

function showWords() {
  const { desk, source, review } = state;
  if (!review) return;
  const what = `${rowsOf(source)} of ${source.name}`;
  const where = review.address || desk.address.url || "Mixpanel";
  const words = review.deletes ? `The profiles of ${what} are deleted at ${where}.` : capital(`${what} go to ${where}.`);
  fill($("import-words"), el("span", {}, words));
}

// The job, or null where it is better not to begin.
export async function begin(order) {
  const said = await post("/api/jobs", order);
  if (!said.ask) return said;
  const next = await QUESTIONS[said.ask](order, said);
  return next && begin(next);
}

// Each one makes another order of the answer, or none.
const QUESTIONS = { disk, unfinished, again, token };

async function disk(order, { state: became, path }) {
  const answer =
    became === "gone"
      ? "yes" // nobody has another one
      : await choose("The mapping has changed on the disk", `${path} is another one than this page shows. Load it, or replace it with the one on this page?`, { yes: "Load it", other: "Replace it", careful: true });
  if (answer === "no") return null;
  if (became === "changed" && answer === "yes") {
    await loadMapping({ path });
    throw new Error("The mapping is loaded from the disk. Look at it, then begin again.");
  }
  await saveMapping(true);
  return { ...order, document: state.document };
}

async function unfinished(order, { run, imported }) {
  const goOn = await ask("Go on with it?", `An import of this file stopped on its way: ${plural(imported, "row")} had arrived. It can go on where it was, with the mapping that it was begun with.`, "Go on");
  if (goOn) return { kind: "resume", run };
  const yes = await ask("Import all rows again?", `${TWICE} for the rows that had arrived.`, "Import all again", { careful: true });
  return yes ? { ...order, anew: true } : null;
}

async function again(order, { arrived }) {
  const yes = await ask("Import all rows again?", `${plural(arrived, "row")} of this file arrived already, by this mapping. ${TWICE} for them; what failed can be sent alone, with importer retry.`, "Import all again", { careful: true });
  return yes ? { ...order, anew: true } : null;
}

async function token(order) {
  const yes = await ask("Another project?", "This import was begun with another token, and rows have arrived by it. With this one the others may go to another project.", "Go on with this token", { careful: true });
  return yes ? { ...order, other_token: true } : null;
}
