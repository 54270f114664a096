// The project's token: typed here, of the environment, or in a file that the mapping names.

import { post } from "./api.js";
import { $, fill } from "./dom.js";
import { on, state } from "./state.js";

const NONE = "It is held in memory until this page ends, never stored and never shown.";
const FROM = {
  typed: "A token is held in memory until this page ends. Type another one to replace it; leave it blank to forget it.",
  environment: "The token of the environment is used (MIXPANEL_TOKEN). Type another one to use that instead.",
  file: "The file that the mapping names is used. Type another one to use that instead.",
};
const WITH = {
  typed: "with the token you typed",
  environment: "with the token of the environment",
  file: "with the token in the file that the mapping names",
};

export function setUpToken(attempt) {
  for (const what of ["review", "saved", "mapping"]) on(what, showToken);
  $("token-form").addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(useField);
  });
}

const from = () => state.desk.token_from || (state.review?.token_file ? "file" : "");

export const tokenWords = () => WITH[from()];

// What stands in the field counts, whether or not "Use it" was pressed.
export async function takeTyped() {
  if ($("token").value.trim()) await useField();
}

export async function settleToken() {
  await takeTyped();
  if (from()) return;
  $("token").focus();
  throw new Error("Which project? Type its token first; it is in Mixpanel under Project Settings.");
}

async function useField() {
  const { token_from } = await post("/api/token", { token: $("token").value });
  $("token").value = "";
  state.desk.token_from = token_from;
  showToken();
}

function showToken() {
  fill($("token-words"), FROM[from()] ?? NONE);
}
