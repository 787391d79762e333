'use strict';
// Prints the version of what runs it.
process.stdout.write(`${process.version.slice(1)}\n`);
