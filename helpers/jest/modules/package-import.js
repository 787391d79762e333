// Jest's transform of packages that are ES modules alone: below Node 24 it can require none. Jest
// loads this file without its transforms.
'use strict';
const { transformSync } = require('esbuild');

exports.process = (text, path) => ({ code: transformSync(text, { format: 'cjs', sourcefile: path }).code });
