#!/usr/bin/env node
'use strict';
// Bundles the sources in memory and runs them: there is no build that could be out of date.
const { join } = require('node:path');
const { bundle } = require('./bundle');
const { loadProgram } = require('./load-program');

const root = join(__dirname, '..');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Until the program is loaded, which then handles the signals itself. */
function end(signal) {
  process.stderr.write(`tuningfork: interrupted by ${signal}\n`);
  onSignalsHandled();
  process.kill(process.pid, signal);
}

function onSignalsHandled() {
  for (const signal of SIGNALS) process.removeListener(signal, end);
}

for (const signal of SIGNALS) process.on(signal, end);

function run(bundled) {
  const filename = join(root, 'tuningfork.cjs');
  const program = loadProgram({ bundle: bundled, filename, root, command: process.argv[2] });
  const { compiled } = program;
  return program.exports.main(process.argv, { root, bundle: bundled, compiled, onSignalsHandled });
}

/** A signal to all processes of a terminal also ends esbuild: that it is missed is no cause. */
function fail(error) {
  const report = () => {
    process.stderr.write(`tuningfork: ${error.message}\n`);
    process.exitCode = 1;
  };
  setImmediate(() => setImmediate(report)); // the listeners of a signal that has arrived come first
}

bundle(root).then(run).catch(fail);
