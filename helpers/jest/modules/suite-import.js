// Transforms a module of the suite, for a scenario that imports it, to one line that gets it from
// the bundle. Jest loads this file without its transforms.
'use strict';
const { createHash } = require('node:crypto');
const { moduleId } = require('./suite-modules');

const codeFor = (path) =>
  `module.exports = globalThis[Symbol.for('tuningfork.suite-modules')](${JSON.stringify(moduleId(path))});`;

exports.process = (_, path) => ({ code: codeFor(path) });

exports.getCacheKey = (_, path) => createHash('sha256').update(codeFor(path)).digest('hex');
