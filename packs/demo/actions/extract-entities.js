'use strict';
// Prints the capitalised names and the numbers of `text`, each once, in order.
const { text } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const entities = text.match(/\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)*|\d+/gu) ?? [];
process.stdout.write(JSON.stringify({ entities: [...new Set(entities)] }));
