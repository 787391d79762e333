'use strict';
// Awaits two timers of `ms` one after the other, and only then prints its one document, with its own stamps.
const { setTimeout: pause } = require('node:timers/promises');
const { ms, nonce } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const now = () => performance.timeOrigin + performance.now();

(async () => {
  const began = now();
  const first = await pause(ms, `${nonce}-1`);
  const second = await pause(ms, `${nonce}-2`);
  process.stdout.write(JSON.stringify({ steps: [first, second], began, ended: now() }));
})();
