// Reads keys through the API with the credential of this execution. Prints {"status", "value",
// "sha256"} of the first key, the same by ref for all, and the names of the keys that stdin has.
// Parameters: JSON on stdin (key, ledger, refs).
const { appendFileSync, readFileSync } = require('node:fs');
const { sha256OfJson } = require('../lib/sha256-of-json.js');

const { key, ledger, refs, ...injected } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token, ATTUNE_EXEC_ID: execution } = process.env;
const appendEntry = (event) =>
  appendFileSync(ledger, `${key} ${event} ${execution} ${process.pid} ${Date.now() * 1000}\n`);
const headers = token ? { authorization: `Bearer ${token}` } : {};

async function read(ref) {
  const response = await fetch(`${api}/api/v1/keys/${ref}`, { headers });
  if (response.status !== 200) return { status: response.status, value: null, sha256: null };
  const { value } = (await response.json()).data;
  return { status: 200, value, sha256: sha256OfJson(value) };
}

async function main() {
  appendEntry('start');
  const results = await Promise.all(refs.map(read));
  appendEntry('end');
  const all = Object.fromEntries(refs.map((ref, index) => [ref, results[index]]));
  console.log(JSON.stringify({ ...results[0], all, injected: Object.keys(injected) }));
}

void main();
