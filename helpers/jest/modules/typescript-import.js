// Jest's transform of TypeScript: ts-jest for test files, whose `jest.mock` it moves before the
// imports, and esbuild, which takes a quarter of the time, for the modules that they import. Types
// are checked by `npm run check:code`. Jest loads this file without its transforms.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const esbuild = require('esbuild');

const OPTIONS = {
  loader: 'ts',
  format: 'cjs',
  target: 'node20',
  supported: { 'dynamic-import': false }, // which Jest's contexts do not have
  sourcemap: 'external',
  sourcesContent: false,
  tsconfigRaw: {}, // its options for output are the defaults
};

const root = join(__dirname, '../../..');
const packageVersion = (name) =>
  JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')).version;
const tsconfig = readFileSync(join(root, 'tsconfig.json'), 'utf8');
const settings = [packageVersion('ts-jest'), process.version, tsconfig, esbuild.version, OPTIONS];

/** Loaded when a test file has changed: that takes as long as a small test file runs. */
let transformer = null;
const tsJest = () => (transformer ??= require('ts-jest').default.createTransformer());

exports.process = (text, path, options) => {
  if (path.endsWith('.test.ts')) return tsJest().process(text, path, options);
  if (/^jest\.mock\(/m.test(text))
    throw new Error(`${path}: jest.mock is moved before the imports in a test file only: put it there`);
  const { code, map } = esbuild.transformSync(text, { ...OPTIONS, sourcefile: path });
  return { code, map };
};

/** Of all that the output depends on: a file is compiled by itself. */
exports.getCacheKey = (text, path, { instrument }) =>
  createHash('sha256')
    .update(JSON.stringify([...settings, path, text, instrument]))
    .digest('hex');
