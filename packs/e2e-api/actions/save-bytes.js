// Reserves a file for a version of an artifact of its own action, with the credential of this
// execution, creates the directories of the file and writes random bytes to it. Prints
// {"artifact", "sha256"}. Parameters: JSON on stdin (ref, count).
const { createHash, randomBytes } = require('node:crypto');
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');

const { ref, count } = JSON.parse(readFileSync(0, 'utf8'));
const { ATTUNE_API_URL: api, ATTUNE_API_TOKEN: token, ATTUNE_ACTION: action } = process.env;

async function main() {
  const response = await fetch(`${api}/api/v1/artifacts/ref/${encodeURIComponent(ref)}/versions/file`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ scope: 'action', owner: action, type: 'file_binary' }),
  });
  const { data: version } = await response.json();
  const path = join(process.env.ATTUNE_ARTIFACTS_DIR, version.file_path);
  const bytes = randomBytes(count);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  console.log(JSON.stringify({ artifact: version.artifact, sha256 }));
}

void main();
