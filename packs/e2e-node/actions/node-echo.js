'use strict';
// Prints {"params": what came as JSON on stdin, "version": the interpreter's}.
const params = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify({ params, version: process.versions.node }));
