'use strict';
// Awaits two timers of `ms` one after the other, then prints one JSON document with its own
// timestamps.
const { setTimeout: sleep } = require('node:timers/promises');
const { ms, nonce } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const now = () => performance.timeOrigin + performance.now();

(async () => {
  const startedAt = now();
  const first = await sleep(ms, `${nonce}-1`);
  const second = await sleep(ms, `${nonce}-2`);
  process.stdout.write(JSON.stringify({ steps: [first, second], startedAt, finishedAt: now() }));
})();
