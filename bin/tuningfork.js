#!/usr/bin/env node
'use strict';
// Bundles the sources in memory and runs them: there is no build that could be out of date.
const Module = require('node:module');
const { join } = require('node:path');
const esbuild = require('esbuild');

const root = join(__dirname, '..');

async function bundled() {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: ['cli/entry.ts'],
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    write: false,
    logLevel: 'silent',
  });
  await esbuild.stop(); // otherwise its process would run until this one exits
  return outputFiles[0].text;
}

function run(bundle) {
  const program = new Module(join(root, 'tuningfork.cjs'), module);
  program.filename = program.id;
  program.paths = Module._nodeModulePaths(root);
  program._compile(bundle, program.filename);
  return program.exports.main(process.argv, { root, bundle });
}

bundled()
  .then(run)
  .catch((error) => {
    process.stderr.write(`tuningfork: ${error.message}\n`);
    process.exitCode = 1;
  });
