'use strict';
// Prints {"params": the JSON document from stdin, "version": the version of Node.js}.
const params = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify({ params, version: process.versions.node }));
