'use strict';
// GETs `url` with the header `x-nonce` through the pack's own axios. Prints its version, whether it lies inside the
// environments that the platform made, and the body.
const axios = require('axios');
const { url, nonce } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const location = require.resolve('axios');
const inside = location.startsWith(`${process.env.ATTUNE_RUNTIME_ENVS_DIR}/`);

axios.get(url, { headers: { 'x-nonce': nonce }, proxy: false }).then(({ data: body }) => {
  process.stdout.write(JSON.stringify({ version: axios.VERSION, location, inside, body }));
});
