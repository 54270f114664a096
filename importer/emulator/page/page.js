// The emulator's page. Whatever comes from a profile or a request becomes text, never markup.

const PAGE = 25;
const $ = (id) => document.getElementById(id);
const count = new Intl.NumberFormat("en");
const clock = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" });

function make(tag, text = "", className = "") {
  const made = document.createElement(tag);
  made.textContent = text;
  made.className = className;
  return made;
}

function write(id, text) {
  if ($(id).textContent !== text) $(id).textContent = text;
}

async function ask(path, options = {}) {
  const answer = await fetch(path, options);
  const content = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(content.error ?? `the server answered ${answer.status}`);
  return content;
}

const parameters = (values) => new URLSearchParams(values).toString();
const kindName = (kind) => (kind === "" ? "Users" : `Groups: ${kind}`);

// ---- The list of profiles ------------------------------------------------------------------

let starts = [0]; // where each page up to this one begins
let following = null; // where the next one does
let search = new AbortController();
let listed = ""; // what the list shows, to leave it alone where nothing is new
let took = 0; // milliseconds of the last search

async function list({ quiet = false } = {}) {
  search.abort();
  search = new AbortController();
  const { signal } = search;
  const begun = performance.now();
  const [kind, q] = [$("kind").value, $("query").value.trim()];
  const found = [];
  let start = starts.at(-1);
  try {
    do {
      const asked = parameters({ kind, q, start, limit: PAGE - found.length });
      const part = await ask(`/_emulator/page/search?${asked}`, { signal });
      found.push(...part.profiles);
      start = part.next;
      if (start !== null && found.length < PAGE) write("found", `Searching, ${count.format(found.length)} found so far …`);
    } while (start !== null && found.length < PAGE);
  } catch (error) {
    if (!signal.aborted) write("found", `The search failed: ${error.message}`);
    return;
  }
  took = performance.now() - begun;
  following = start;
  showList(kind, q, found, quiet);
}

function showList(kind, q, found, quiet) {
  const first = (starts.length - 1) * PAGE + 1;
  const range = found.length ? `${count.format(first)}–${count.format(first + found.length - 1)}` : "";
  const total = count.format(live.kinds?.[kind] ?? 0);
  write("found", sentence(q, range, total, found.length));
  $("previous").disabled = starts.length === 1;
  $("next").disabled = following === null;
  const now = JSON.stringify([kind, found]);
  if (now === listed) return;
  listed = now;
  const focused = quiet ? document.activeElement?.closest("#results a")?.hash : undefined;
  $("results").replaceChildren(...found.map((one) => result(kind, one)));
  [...$("results").querySelectorAll("a")].find((link) => link.hash === focused)?.focus();
}

function sentence(q, range, total, found) {
  if (!q) return found ? `${range} of ${total}` : "No profiles yet. Import something, and watch them come.";
  if (found) return `${range} with “${q}”${following === null ? "" : ", and more"}`;
  return starts.length > 1 ? "No more profiles." : `No profile has “${q}” in its id or a value.`;
}

function result(kind, one) {
  const link = make("a");
  link.href = `#${parameters({ kind, id: one.id })}`;
  link.append(make("strong", one.title));
  if (one.title !== one.id) link.append(make("code", one.id));
  const details = one.match
    ? `${one.match.name}: ${one.match.text}`
    : one.email || `${count.format(one.properties)} ${one.properties === 1 ? "property" : "properties"}`;
  link.append(make("span", details, "muted"));
  const item = make("li");
  item.append(link);
  return item;
}

function restart() {
  starts = [0];
  return list();
}

let typing = 0;
$("query").addEventListener("input", () => {
  clearTimeout(typing);
  typing = setTimeout(restart, 200);
});
$("search").addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(typing);
  restart();
});
$("kind").addEventListener("change", restart);
$("next").addEventListener("click", () => {
  starts.push(following);
  list();
});
$("previous").addEventListener("click", () => {
  starts.pop();
  list();
});

// ---- One profile ---------------------------------------------------------------------------

const opened = () => new URLSearchParams(location.hash.slice(1));

async function route({ quiet = false } = {}) {
  const asked = opened();
  const one = asked.has("id");
  if (one) await showProfile(asked);
  const before = $("list").hidden;
  $("list").hidden = one;
  $("profile").hidden = !one;
  if (quiet) return;
  if (one) $("profile-title").focus();
  else if (before) $("query").focus();
}

async function showProfile(asked) {
  let profile;
  try {
    profile = await ask(`/_emulator/page/profile?${asked}`);
  } catch (error) {
    profile = { title: `Not there: ${error.message}`, kind: asked.get("kind") ?? "", id: asked.get("id"), properties: [] };
  }
  write("profile-title", profile.title);
  write("profile-kind", profile.kind === "" ? "Distinct ID" : `Group of ${profile.kind}:`);
  write("profile-id", profile.id);
  const now = JSON.stringify(profile);
  if ($("properties").dataset.shown === now) return;
  $("properties").dataset.shown = now;
  $("properties").replaceChildren(...profile.properties.map(property));
}

function property(one) {
  const row = make("tr");
  const head = make("th", one.name);
  head.scope = "row";
  if (one.name !== one.property) head.append(make("code", one.property));
  const type = make("td");
  type.append(make("span", one.type, "type"));
  row.append(head, value(one), type);
  return row;
}

function value(one) {
  const cell = make("td", "", "value");
  if (one.items) {
    const items = make("ul", "", "chips");
    items.append(...one.items.map((item) => make("li", item)));
    if (one.more) items.append(make("li", `and ${count.format(one.more)} more`, "muted"));
    cell.append(one.items.length ? items : make("span", "an empty list", "muted"));
  } else if (one.type === "object") cell.append(make("pre", one.text));
  else if (one.text === "") cell.append(make("span", "an empty text", "muted"));
  else if (one.type === "null") cell.append(make("span", "null: counts as not set", "muted"));
  else cell.textContent = one.text;
  return cell;
}

addEventListener("hashchange", () => route());
document.querySelector(".skip").addEventListener("click", (event) => {
  // Not by its address, which names the profile that is open.
  event.preventDefault();
  $("profiles").focus();
});

// ---- What happens now ----------------------------------------------------------------------

let live = {};
let stream = null;

function listen() {
  if (document.hidden) {
    stream?.close();
    stream = null;
    return;
  }
  if (stream) return;
  stream = new EventSource("/_emulator/page/live");
  stream.onopen = () => {
    $("latest").replaceChildren();
    connection("Live", "good");
  };
  stream.onerror = () => {
    connection("Not reachable, trying again", "bad");
    if (stream?.readyState !== EventSource.CLOSED) return;
    stream = null;
    setTimeout(listen, 2000);
  };
  stream.onmessage = (event) => happen(JSON.parse(event.data));
}

function connection(text, className) {
  write("connection", text);
  $("connection").className = `pill ${className}`;
}

function happen(now) {
  const changed = live.stats?.updates !== now.stats.updates || live.stats?.profiles !== now.stats.profiles;
  live = now;
  showCounts(now);
  showKinds(now.kinds);
  showFaults(now.faults);
  showLatest(now.latest);
  if (!changed) return;
  // A search that takes its time is not repeated while requests come in.
  if (!$("list").hidden && (took < 200 || !$("query").value)) list({ quiet: true });
  if (!$("profile").hidden) route({ quiet: true });
}

function showCounts({ stats, in_flight: flying }) {
  write("count-profiles", count.format(stats.profiles));
  write("count-requests", count.format(stats.requests));
  write("count-updates", count.format(stats.updates));
  write("count-bytes", bytes(stats.bytes));
  write("count-flight", `${count.format(stats.max_in_flight)}${flying ? `, now ${count.format(flying)}` : ""}`);
  chips("count-status", Object.entries(stats.by_status).map(([status, times]) => [`${status} × ${count.format(times)}`, mood(status)]));
  const sizes = Object.entries(stats.batch_sizes).sort((a, b) => b[1] - a[1]);
  const shown = sizes.slice(0, 6).map(([size, times]) => [`${count.format(size)} × ${count.format(times)}`, ""]);
  if (sizes.length > 6) shown.push([`and ${count.format(sizes.length - 6)} other ${sizes.length === 7 ? "size" : "sizes"}`, ""]);
  chips("count-batches", shown);
}

function chips(id, texts) {
  const now = JSON.stringify(texts);
  if ($(id).dataset.shown === now) return;
  $(id).dataset.shown = now;
  $(id).replaceChildren(...(texts.length ? texts.map(([text, kind]) => make("span", text, `chip ${kind}`)) : ["none yet"]));
}

function bytes(number) {
  const units = ["B", "kB", "MB", "GB", "TB"];
  const power = number < 1000 ? 0 : Math.min(Math.floor(Math.log10(number) / 3), units.length - 1);
  const digits = { maximumFractionDigits: power ? 1 : 0 };
  return `${new Intl.NumberFormat("en", digits).format(number / 1000 ** power)} ${units[power]}`;
}

const mood = (status) => (/^2/.test(status) ? "good" : /^[345]/.test(status) ? "bad" : "worse");

function showKinds(kinds) {
  const all = { "": 0, ...kinds };
  const shown = [...$("kind").options].map((option) => option.value);
  for (const kind of Object.keys(all)) {
    if (shown.includes(kind)) continue;
    const option = make("option", kindName(kind));
    option.value = kind;
    $("kind").append(option);
  }
  for (const option of [...$("kind").options]) {
    if (!(option.value in all) && !option.selected) option.remove();
  }
}

function showLatest(latest) {
  const rows = $("latest");
  const known = new Map([...rows.children].map((row) => [row.dataset.number, row]));
  const wanted = new Set(latest.map((one) => String(one.number)));
  for (const [number, row] of known) if (!wanted.has(number)) row.remove();
  rows.prepend(...latest.filter((one) => !known.has(String(one.number))).map(request));
  $("silence").hidden = latest.length > 0;
}

function request(one) {
  const row = make("tr");
  row.dataset.number = one.number;
  const status = make("td");
  status.append(make("span", one.status, `chip ${mood(one.status)}`));
  row.append(
    make("td", clock.format(new Date(one.at * 1000))),
    make("td", `${one.method} ${one.path}`),
    status,
    make("td", count.format(one.updates), "number"),
    make("td", one.milliseconds.toFixed(1), "number"),
  );
  return row;
}

// ---- Trouble -------------------------------------------------------------------------------

function describe(rule) {
  const what = {
    status: `Answer ${rule.status}`,
    drop: "Drop connections",
    body: `Answer 200 with “${rule.body}”`,
    sleep: `Answer after ${rule.seconds} s`,
    delay: `Delay by ${rule.delay_ms?.join(" to ")} ms`,
    refuse: rule.ids?.length ? `Refuse ${rule.ids.join(", ")}` : "Refuse every batch",
    rate: `No more than ${count.format(rule.per_second)} updates a second`,
  }[rule.kind];
  const more = [
    rule.whole_batch && rule.ids?.length && "with their whole batch",
    rule.apply === "before" && "after applying the batch",
    rule.first && `for ${count.format(rule.first)} requests`,
    rule.every && `every ${count.format(rule.every)}th body`,
    rule.times && `${count.format(rule.times)} × a body`,
    rule.retry_after && `retry after ${rule.retry_after} s`,
  ];
  return [what, ...more].filter(Boolean).join(", ");
}

function showFaults(faults) {
  const now = JSON.stringify(faults);
  if ($("faults").dataset.shown === now) return;
  $("faults").dataset.shown = now;
  const focused = document.activeElement?.closest("#faults button")?.dataset.number;
  $("faults").replaceChildren(...faults.map(fault));
  $("faults").querySelector(`[data-number="${focused}"]`)?.focus();
  $("calm").hidden = faults.length > 0;
  $("calm-down").hidden = faults.length < 2;
}

function fault({ number, rule, struck, over }) {
  const item = make("li", "", over ? "over" : "");
  const text = make("p", describe(rule));
  text.append(make("span", `struck ${struck === 1 ? "once" : `${count.format(struck)} times`}${over ? ", over" : ""}`, "muted"));
  const end = make("button", "End");
  end.type = "button";
  end.dataset.number = number;
  end.ariaLabel = `End: ${describe(rule)}`;
  end.addEventListener("click", () => change(`/_emulator/faults/${number}`, "DELETE", undefined, "Ended."));
  item.append(text, end);
  return item;
}

async function change(path, method, content, said) {
  try {
    await ask(path, { method, body: content && JSON.stringify(content) });
    write("said", said);
  } catch (error) {
    write("said", `That failed: ${error.message}`);
  }
}

function script(rule) {
  const first = $("first").value;
  if (!$("first").checkValidity()) return write("said", "The number of requests must be a whole number from 1.");
  const whole = { ...rule, ...(first && { first: Number(first) }) };
  return change("/_emulator/faults", "POST", whole, `Scripted: ${describe(whole)}.`);
}

for (const button of document.querySelectorAll("[data-fault]")) {
  button.addEventListener("click", () => script(JSON.parse(button.dataset.fault)));
}
$("refuse").addEventListener("click", () => {
  const ids = $("ids").value.split(",").map((id) => id.trim()).filter(Boolean);
  if (ids.length) script({ kind: "refuse", ids });
  else write("said", "Name at least one id to refuse.");
});
$("calm-down").addEventListener("click", () => change("/_emulator/faults", "PUT", [], "All trouble ended."));

$("forget").addEventListener("click", () => $("sure").showModal());
$("keep").addEventListener("click", () => $("sure").close());
$("drop").addEventListener("click", async () => {
  await change("/_emulator", "DELETE", undefined, "Everything is forgotten.");
  $("sure").close();
  location.hash = "";
  restart();
});

write("address", location.origin);
document.addEventListener("visibilitychange", listen);
listen();
if (location.hash) route({ quiet: true });
else list();
