'use strict';
// Sends GET `url` with the header `x-nonce` with the pack's axios. Prints the version of axios,
// whether it is installed below the platform's environments, and the response body.
const axios = require('axios');
const { url, nonce } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const location = require.resolve('axios');
const inside = location.startsWith(`${process.env.ATTUNE_RUNTIME_ENVS_DIR}/`);

axios.get(url, { headers: { 'x-nonce': nonce }, proxy: false }).then(({ data: body }) => {
  process.stdout.write(JSON.stringify({ version: axios.VERSION, location, inside, body }));
});
