// Begins a rehearsal or an import. What the server asks first is answered by whoever looks.

import { post } from "./api.js";
import { ask, choose } from "./ask.js";
import { plural } from "./dom.js";
import { loadMapping, saveMapping, state } from "./state.js";

// The job, or null where it is better not to begin.
export async function begin(order) {
  const said = await post("/api/jobs", order);
  if (!said.ask) return said;
  const next = await QUESTIONS[said.ask](order, said);
  return next && begin(next);
}

// Each one makes another order of the answer, or none.
const QUESTIONS = { disk, unfinished };

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
  const anew = await ask("Import all rows again?", "What adds or appends would count twice for the rows that had arrived.", "Import all again");
  return anew ? { ...order, anew: true } : null;
}
