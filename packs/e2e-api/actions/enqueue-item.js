// Adds an item to a work queue with the credential of this execution. Prints the status of the
// response and the id of the item. Parameters: JSON on stdin (queue, payload, item_key).
const { readFileSync } = require('node:fs');

const { queue, payload, item_key } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token } = process.env;

async function main() {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const request = { method: 'POST', headers, body: JSON.stringify({ payload, item_key }) };
  const response = await fetch(`${api}/api/v1/queues/${queue}/items`, request);
  const { data } = await response.json();
  console.log(JSON.stringify({ status: response.status, id: data?.id ?? null }));
}

void main();
