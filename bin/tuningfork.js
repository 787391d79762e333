#!/usr/bin/env node
'use strict';
// Bundles the checked-out sources in memory and runs them: there is no build that could be stale.
const Module = require('node:module');
const { join } = require('node:path');
const { buildSync } = require('esbuild');

const root = join(__dirname, '..');
const { outputFiles } = buildSync({
  absWorkingDir: root,
  entryPoints: ['cli/main.ts'],
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  write: false,
  logLevel: 'error',
});
const bundle = outputFiles[0].text;

const program = new Module(join(root, 'tuningfork.cjs'), module);
program.filename = program.id;
program.paths = Module._nodeModulePaths(root);
program._compile(bundle, program.filename);
program.exports.main(process.argv, { root, bundle });
