// Creates a key through the API with the credential handed to this execution, and prints {"status", "sha256"} of what it sent.
// Parameters: JSON on stdin (key, ledger, ref, owner_action_ref, value or secret, ttl_seconds).
const { createHash } = require('node:crypto');
const { appendFileSync, readFileSync } = require('node:fs');

const { key, ledger, ref, owner_action_ref, value, secret, ttl_seconds } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token, ATTUNE_EXEC_ID: execution } = process.env;
const entry = (mark) => appendFileSync(ledger, `${key} ${mark} ${execution} ${process.pid} ${Date.now() * 1000}\n`);

async function main() {
  entry('start');
  const written = secret ?? value;
  const body = { ref, name: ref, owner_type: 'action', owner_action_ref, value: written, encrypted: secret != null };
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const lifetime = ttl_seconds === undefined ? {} : { ttl_seconds };
  const request = { method: 'POST', headers, body: JSON.stringify({ ...body, ...lifetime }) };
  const { status } = await fetch(`${api}/api/v1/keys`, request);
  entry('end');
  const sha256 = createHash('sha256').update(JSON.stringify(written)).digest('hex');
  console.log(JSON.stringify({ status, sha256 }));
}

void main();
