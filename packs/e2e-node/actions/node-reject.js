'use strict';
// Its promise rejects with `nonce` after 50 ms; the rejection is not handled.
const { setTimeout: sleep } = require('node:timers/promises');
const { nonce } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));

sleep(50).then(() => {
  throw new Error(nonce);
});
