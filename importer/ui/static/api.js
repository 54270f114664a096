// Talks to the page's own server, and to nobody else.

export class Fault extends Error {
  constructor(message, status, body) {
    super(message);
    this.status = status;
    this.body = body;
  }
}

async function answer(response) {
  let body = {};
  try {
    body = await response.json();
  } catch {
    body = { message: "" };
  }
  if (!response.ok) {
    const words = body.message || `The page's server answered ${response.status}. Is it the address that the terminal shows?`;
    throw new Fault(words, response.status, body);
  }
  return body;
}

async function ask(url, settings) {
  try {
    return await fetch(url, settings);
  } catch {
    throw new Fault("The page's server does not answer. Was it ended in the terminal? Start `importer ui` again.", 0, {});
  }
}

export const get = async (url) => answer(await ask(url));

export const post = async (url, content = {}) =>
  answer(
    await ask(url, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(content),
    }),
  );

export function upload(file, onProgress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch tells nothing of how far it is
    request.open("PUT", `/api/uploads?name=${encodeURIComponent(file.name)}`);
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded, event.total));
    request.addEventListener("load", () => {
      if (request.status === 200) resolve(request.response);
      else reject(new Fault(request.response?.message || "The file could not be copied. Type its path instead.", request.status, {}));
    });
    request.addEventListener("error", () =>
      reject(new Fault("The file could not be copied. Type its path instead.", 0, {})),
    );
    request.send(file);
  });
}

// The browser asks again by itself when the stream breaks off; `onFault` is told when nobody answers.
export function watch(job, onState, onFault) {
  const stream = new EventSource(`/api/jobs/${job}/events`);
  stream.addEventListener("message", (event) => {
    const state = JSON.parse(event.data);
    if (!state.running) stream.close();
    onState(state);
  });
  stream.addEventListener("error", () => {
    get("/api/desk").catch((error) => {
      if (stream.readyState === EventSource.CLOSED) return; // told already
      stream.close();
      onFault(error);
    });
  });
}
