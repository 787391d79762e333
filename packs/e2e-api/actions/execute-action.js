// Executes an action through the API with the credential of this execution. Prints the status of
// the response and the id of the new execution. Parameters: JSON on stdin (action_ref,
// parameters).
const { readFileSync } = require('node:fs');

const { action_ref, parameters } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token } = process.env;

async function main() {
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
  const request = { method: 'POST', headers, body: JSON.stringify({ action_ref, parameters }) };
  const response = await fetch(`${api}/api/v1/executions/execute`, request);
  const { data } = await response.json();
  console.log(JSON.stringify({ status: response.status, id: data?.id ?? null }));
}

void main();
