'use strict';
// Copied into the run directory of a platform, beside its bundle: what its processes run.
const { readFileSync } = require('node:fs');
const { delimiter, dirname, join } = require('node:path');
const { CODE_ENCODING } = require('./kept-script');
const { loadProgram } = require('./load-program');

const root = dirname(process.env.NODE_PATH.split(delimiter)[0]);
const filename = join(__dirname, 'bundle.cjs');
const bundle = readFileSync(filename, CODE_ENCODING);
const program = loadProgram({ bundle, filename, root, command: process.argv[2] });
program.exports.main(process.argv, { root, bundle, compiled: program.compiled });
