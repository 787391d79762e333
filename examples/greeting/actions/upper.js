// Prints `text` in upper case, and its length.
const { text } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify({ text: text.toUpperCase(), length: text.length }));
