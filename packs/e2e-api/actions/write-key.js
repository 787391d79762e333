// Creates a key through the API with the credential of this execution. Prints {"status", "sha256"}
// of the sent value. Parameters: JSON on stdin (key, ledger, ref, owner_action_ref, value or
// secret, ttl_seconds).
const { appendFileSync, readFileSync } = require('node:fs');
const { sha256OfJson } = require('../lib/sha256-of-json.js');

const { key, ledger, ref, owner_action_ref, value, secret, ttl_seconds } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token, ATTUNE_EXEC_ID: execution } = process.env;
const appendEntry = (event) =>
  appendFileSync(ledger, `${key} ${event} ${execution} ${process.pid} ${Date.now() * 1000}\n`);

async function main() {
  appendEntry('start');
  const stored = secret ?? value;
  const body = { ref, name: ref, owner_type: 'action', owner_action_ref, value: stored, encrypted: secret != null };
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const lifetime = ttl_seconds === undefined ? {} : { ttl_seconds };
  const request = { method: 'POST', headers, body: JSON.stringify({ ...body, ...lifetime }) };
  const { status } = await fetch(`${api}/api/v1/keys`, request);
  appendEntry('end');
  console.log(JSON.stringify({ status, sha256: sha256OfJson(stored) }));
}

void main();
