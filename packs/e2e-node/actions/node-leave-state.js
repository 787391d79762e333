'use strict';
// Prints {"found": state that an earlier program left, "execution": its variable, "params",
// "directory"}, and leaves state in its own process.
const params = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const found = {
  global: globalThis.left,
  variable: process.env.LEFT,
  prototype: [].left,
  listeners: process.listenerCount('left'),
};
const execution = Number(process.env.ATTUNE_EXEC_ID);
process.stdout.write(JSON.stringify({ found, execution, params, directory: process.cwd() }));
globalThis.left = true;
process.env.LEFT = '1';
Array.prototype.left = true;
process.on('left', () => undefined);
process.chdir('/');
