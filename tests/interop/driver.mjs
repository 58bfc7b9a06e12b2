// Drives pages that use CometChat's SDK, on behalf of the tests. Reads one command a line from standard input, and
// writes one line for each outcome and for each thing that a page reports:
//
//   {"id": 1, "command": "open", "page": "alice"}                        → {"id": 1, "value": null}
//   {"id": 2, "command": "run", "page": "alice", "code": "…", "args": {}} → {"id": 2, "value": …} or {"id": 2, "error": …}
//                                                                          {"page": "alice", "name": "onConnected", "args": []}
//
// Ends when its input does.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const modules = createRequire(`${process.env.INTEROP_MODULES}/`);
const { chromium } = modules("playwright-core");

const FILES = {
  "/": ["text/html", `<!doctype html><script src="/sdk.js"></script><script src="/page.js"></script>`],
  "/sdk.js": ["text/javascript", await readFile(modules.resolve("@cometchat/chat-sdk-javascript"))],
  "/page.js": ["text/javascript", await readFile(new URL("page.js", import.meta.url))],
};

const site = createServer((request, response) => {
  const [type, content] = FILES[request.url] ?? FILES["/"];
  response.setHeader("Content-Type", `${type}; charset=utf-8`);
  response.end(content);
});
await new Promise((listening) => site.listen(0, "127.0.0.1", listening));

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    // The server's certificate vouches for itself.
    "--ignore-certificate-errors",
    ...JSON.parse(process.env.CHROMIUM_ARGS ?? "[]"),
  ],
});

const pages = new Map();

const COMMANDS = {
  /** A page in a browser of its own, or beside another one. */
  async open({ page: name, beside }) {
    const context = beside ? pages.get(beside).context() : await browser.newContext();
    const page = await context.newPage();
    const report = (what, args) => write({ page: name, name: what, args });
    await page.exposeFunction("report", report);
    page.on("pageerror", (error) => report("pageerror", [String(error)]));
    // The SDK says that it is connected before the server has taken its credentials, so the tests look for that.
    page.on("websocket", (socket) => {
      socket.on("framereceived", ({ payload }) => {
        const { type, body } = JSON.parse(payload);
        if (type === "auth") {
          report("authenticated", [body]);
        }
      });
    });
    pages.set(name, page);
    await page.goto(`http://127.0.0.1:${site.address().port}/`);
  },
  async reload({ page }) {
    await pages.get(page).reload();
  },
  async close({ page: name, last }) {
    const page = pages.get(name);
    pages.delete(name);
    await (last ? page.context().close() : page.close());
  },
  run({ page, code, args }) {
    return pages.get(page).evaluate(([code, args]) => window.run(code, args), [code, args]);
  },
};

function write(line) {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}

async function obey({ id, command, ...rest }) {
  try {
    const outcome = await COMMANDS[command](rest);
    write({ id, ...(outcome ?? { value: null }) });
  } catch (error) {
    write({ id, error: { code: "DRIVER", message: String(error) } });
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  obey(JSON.parse(line));
}
await browser.close();
site.close();
