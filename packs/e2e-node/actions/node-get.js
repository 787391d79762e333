'use strict';
// GETs `url` with the header `x-nonce` through the pack's own axios; prints its version, where it lies, and the body.
const axios = require('axios');
const { url, nonce } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));
const location = require.resolve('axios');

axios.get(url, { headers: { 'x-nonce': nonce }, proxy: false }).then(({ data }) => {
  const environment = process.env.ATTUNE_RUNTIME_ENVS_DIR;
  process.stdout.write(JSON.stringify({ version: axios.VERSION, location, environment, body: data }));
});
