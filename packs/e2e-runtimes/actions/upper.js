// Waits `seconds`, prints its text in upper case and its runtime, and exits with `code`.
// Parameters: dotenv on stdin (text, seconds, code); the values contain no quotes.
const lines = require('node:fs').readFileSync(0, 'utf8').trim().split('\n');
const given = Object.fromEntries(
  lines.map((line) => line.split('=')).map(([name, value]) => [name, value.slice(1, -1)]),
);
const print = () => {
  console.log(JSON.stringify({ text: given.text.toUpperCase(), runtime: 'nodejs' }));
  process.exitCode = Number(given.code ?? 0);
};
setTimeout(print, Number(given.seconds ?? 0) * 1_000);
