// Reads a key through the API with the credential of this execution, and prints its value in each
// place of the output: on stderr, inside a text, nested in a document, and in Base64. Every other
// place has the nonce beside it. Exits with `code`. Parameters: JSON on stdin (key, ledger, ref,
// nonce, code).
const { appendFileSync, readFileSync } = require('node:fs');

const { key, ledger, ref, nonce, code } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token, ATTUNE_EXEC_ID: execution } = process.env;

async function main() {
  appendFileSync(ledger, `${key} start ${execution} ${process.pid} ${Date.now() * 1000}\n`);
  const response = await fetch(`${api}/api/v1/keys/${ref}`, { headers: { authorization: `Bearer ${token}` } });
  const { value } = (await response.json()).data;
  console.error(`${nonce} ${value} ${nonce}`);
  const nested = [{ [nonce]: { list: [nonce, value] } }];
  const encoded = ['', 'x', 'xx'].map((before) => Buffer.from(before + value).toString('base64'));
  console.log(JSON.stringify({ text: `${nonce} ${value} ${nonce}`, nested, encoded }));
  process.exitCode = code;
}

void main();
