// mixpanel-import has its hosts written into its source and no option for another. So its
// connections to api.mixpanel.com are opened to the sink instead; everything else is its own,
// TLS and the check of the certificate (which names api.mixpanel.com) included.
"use strict";
const tls = require("node:tls");

const port = Number(process.env.SINK_PORT);
const connect = tls.connect;

tls.connect = function (options, ...rest) {
  if (options?.host === "api.mixpanel.com") options = { ...options, host: "127.0.0.1", port };
  return connect.call(this, options, ...rest);
};
