// Creates a blocking inquiry on its own execution, with the credential of this execution, and
// exits, if `release` names a file not before that file exists. Prints the status of the response
// and the id of the inquiry, and the id on standard error. Parameters: JSON on stdin (key, ledger,
// prompt, response_schema, timeout_seconds, release, exit_code).
const { appendFileSync, existsSync, readFileSync } = require('node:fs');
const { setTimeout: delay } = require('node:timers/promises');

const { key, ledger, release, exit_code: exitCode = 0, ...spec } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token, ATTUNE_EXEC_ID: execution } = process.env;
const appendEntry = (event) =>
  appendFileSync(ledger, `${key} ${event} ${execution} ${process.pid} ${Date.now() * 1000}\n`);

async function main() {
  appendEntry('start');
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const inquiry = { ...spec, execution: Number(execution), wait: true };
  const request = { method: 'POST', headers, body: JSON.stringify(inquiry) };
  const response = await fetch(`${api}/api/v1/inquiries`, request);
  const { data } = await response.json();
  console.error(`inquiry ${data?.id ?? null}`);
  while (release && !existsSync(release)) await delay(50);
  appendEntry('end');
  console.log(JSON.stringify({ status: response.status, inquiry: data?.id ?? null }));
  process.exitCode = response.status === 201 ? exitCode : 1;
}

void main();
