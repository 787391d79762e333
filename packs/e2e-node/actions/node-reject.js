'use strict';
// Its promise rejects with `nonce` after 50 ms, and nobody catches it.
const { setTimeout: pause } = require('node:timers/promises');
const { nonce } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));

pause(50).then(() => {
  throw new Error(nonce);
});
