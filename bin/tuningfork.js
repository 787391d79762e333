#!/usr/bin/env node
'use strict';
// Bundles the sources in memory and runs them: there is no build that could be out of date.
const { join } = require('node:path');
const { bundle } = require('./bundle');
const { loadProgram } = require('./load-program');

const root = join(__dirname, '..');

function run(bundled) {
  const filename = join(root, 'tuningfork.cjs');
  const program = loadProgram({ bundle: bundled, filename, root, command: process.argv[2] });
  return program.exports.main(process.argv, { root, bundle: bundled, compiled: program.compiled });
}

bundle(root)
  .then(run)
  .catch((error) => {
    process.stderr.write(`tuningfork: ${error.message}\n`);
    process.exitCode = 1;
  });
