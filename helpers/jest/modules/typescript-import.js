// ts-jest, which is loaded when a file has changed: it takes as long to load as a small test file
// takes to run. Types are checked by `npm run check:code`. Jest loads this file without its
// transforms.
'use strict';
const { createHash } = require('node:crypto');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const root = join(__dirname, '../../..');
const version = JSON.parse(readFileSync(join(root, 'node_modules/ts-jest/package.json'), 'utf8')).version;
const settings = [version, process.version, readFileSync(join(root, 'tsconfig.json'), 'utf8')];

let transformer = null;
const tsJest = () => (transformer ??= require('ts-jest').default.createTransformer());

exports.process = (...args) => tsJest().process(...args);

/** Of all that the output depends on: a file is compiled by itself (`isolatedModules`). */
exports.getCacheKey = (text, path, { instrument }) =>
  createHash('sha256')
    .update(JSON.stringify([...settings, path, text, instrument]))
    .digest('hex');
