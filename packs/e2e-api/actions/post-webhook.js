// Posts a payload to a webhook of the platform, which needs no credential. Prints the status of
// the response and the id of the event. Parameters: JSON on stdin (key, ledger, webhook_key,
// payload).
const { appendFileSync, readFileSync } = require('node:fs');

const { key, ledger, webhook_key, payload } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_EXEC_ID: execution } = process.env;
const appendEntry = (event) =>
  appendFileSync(ledger, `${key} ${event} ${execution} ${process.pid} ${Date.now() * 1000}\n`);

async function main() {
  appendEntry('start');
  const headers = { 'content-type': 'application/json' };
  const request = { method: 'POST', headers, body: JSON.stringify({ payload }) };
  const response = await fetch(`${api}/api/v1/webhooks/${webhook_key}`, request);
  const { data } = await response.json();
  appendEntry('end');
  console.log(JSON.stringify({ status: response.status, event: data?.event_id ?? null }));
  process.exitCode = response.status === 200 ? 0 : 1;
}

void main();
