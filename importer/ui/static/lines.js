// Texts in a field, one a line. What a line cannot hold as it is, is quoted as in JSON: what nobody
// touches is read back as it was.

const PLAIN = /^[^\s"](?:.*\S)?$/;

export const toLine = (text) => (PLAIN.test(text) ? String(text) : JSON.stringify(String(text)));

export function fromLine(line) {
  const text = line.trim();
  try {
    return text.startsWith('"') ? JSON.parse(text) : text;
  } catch {
    return text; // a quote that is not closed yet, or none
  }
}

const filled = (field) => field.split("\n").filter((line) => line.trim());

export const toList = (given) => [given ?? []].flat().map(toLine).join("\n");

export const fromList = (field) => filled(field).map(fromLine);

// Pairs, as in: P = premium
export function toPairs(given) {
  const left = (text) => (text.includes("=") ? JSON.stringify(text) : toLine(text));
  return Object.entries(given ?? {}).map(([from, to]) => `${left(from)} = ${toLine(to)}`).join("\n");
}

// The pairs, and the lines that are none.
export function fromPairs(field) {
  const found = filled(field).map((line) => [line, /^\s*("(?:[^"\\]|\\.)*"\s*|[^=]*)=(.*)$/.exec(line)]);
  return {
    pairs: found.filter(([, pair]) => pair).map(([, [, from, to]]) => [fromLine(from), fromLine(to)]),
    others: found.filter(([, pair]) => !pair).map(([line]) => line.trim()),
  };
}
