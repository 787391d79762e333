'use strict';
// Splits `list` into chunks of `size` and sums it with the pack's lodash; prints the versions of
// both packages.
const axios = require('axios');
const lodash = require('lodash');
const { list, size } = JSON.parse(require('node:fs').readFileSync(0, 'utf8'));

const versions = { axios: axios.VERSION, lodash: lodash.VERSION };
process.stdout.write(JSON.stringify({ versions, chunks: lodash.chunk(list, size), sum: lodash.sum(list) }));
