// Reads keys through the API with the credential handed to this execution, and prints {"status", "value", "sha256"} for the
// first and the same by ref for all. Parameters: JSON on stdin (key, ledger, refs).
const { createHash } = require('node:crypto');
const { appendFileSync, readFileSync } = require('node:fs');

const { key, ledger, refs } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token, ATTUNE_EXEC_ID: execution } = process.env;
const entry = (mark) => appendFileSync(ledger, `${key} ${mark} ${execution} ${process.pid} ${Date.now() * 1000}\n`);
const headers = token ? { authorization: `Bearer ${token}` } : {};

async function read(ref) {
  const answer = await fetch(`${api}/api/v1/keys/${ref}`, { headers });
  if (answer.status !== 200) return { status: answer.status, value: null, sha256: null };
  const { value } = (await answer.json()).data;
  return { status: 200, value, sha256: createHash('sha256').update(JSON.stringify(value)).digest('hex') };
}

async function main() {
  entry('start');
  const found = await Promise.all(refs.map(read));
  entry('end');
  console.log(JSON.stringify({ ...found[0], all: Object.fromEntries(refs.map((ref, index) => [ref, found[index]])) }));
}

void main();
