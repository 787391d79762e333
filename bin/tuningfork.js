#!/usr/bin/env node
'use strict';
// Bundles the sources in memory and runs them: there is no build that could be out of date.
const Module = require('node:module');
const { join } = require('node:path');
const { bundle } = require('./bundle');

const root = join(__dirname, '..');

function run(bundled) {
  const program = new Module(join(root, 'tuningfork.cjs'), module);
  program.filename = program.id;
  program.paths = Module._nodeModulePaths(root);
  program._compile(bundled, program.filename);
  return program.exports.main(process.argv, { root, bundle: bundled });
}

bundle(root)
  .then(run)
  .catch((error) => {
    process.stderr.write(`tuningfork: ${error.message}\n`);
    process.exitCode = 1;
  });
