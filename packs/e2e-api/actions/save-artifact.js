// Reserves a file for a version of an artifact of its own action, with the credential of this
// execution, and writes a text to it; tries the same for an owner of another pack. Prints
// {"status", "foreign_status", "version"}. Parameters: JSON on stdin (key, ledger, ref, text).
const { appendFileSync, readFileSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const { key, ledger, ref, text } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token, ATTUNE_EXEC_ID: execution } = process.env;
const { ATTUNE_ACTION: action, ATTUNE_ARTIFACTS_DIR: directory } = process.env;
const appendEntry = (event) =>
  appendFileSync(ledger, `${key} ${event} ${execution} ${process.pid} ${Date.now() * 1000}\n`);

function reserve(name, owner) {
  const body = JSON.stringify({ scope: 'action', owner, content_type: 'text/plain' });
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const path = `/api/v1/artifacts/ref/${encodeURIComponent(name)}/versions/file`;
  return fetch(`${api}${path}`, { method: 'POST', headers, body });
}

async function main() {
  appendEntry('start');
  const response = await reserve(ref, action);
  const { data: version } = await response.json();
  if (response.status === 201) writeFileSync(join(directory, version.file_path), text);
  const foreign = await reserve(`${ref}.foreign`, 'core.noop');
  appendEntry('end');
  console.log(JSON.stringify({ status: response.status, foreign_status: foreign.status, version }));
}

void main();
