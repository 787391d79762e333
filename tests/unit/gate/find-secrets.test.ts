import { findSecrets } from '../../../tools/gate/secrets/find-secrets';

/** In parts, so that this file has no text of the form that is looked for. */
const joined = (...parts: readonly string[]): string => parts.join('');

const RANDOM = 'a8Kd02LmQx7Zt5Vb9Wn3Rj6Hc1Yf4Pg0Se8U';
const HEX = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b';

const kindsIn = (text: string): string[] => findSecrets([{ line: 1, text }]).map(({ kind }) => kind);

// The titles have no secret: the reports of a run are searched, too.
test.each([
  ['private key', 'alone', joined('-----BEGIN ', 'PRIVATE KEY-----')],
  ['private key', 'of RSA', joined('-----BEGIN RSA ', 'PRIVATE KEY-----')],
  ['private key', 'of OpenSSH', joined('-----BEGIN OPENSSH ', 'PRIVATE KEY-----')],
  ['private key', 'of PGP', joined('-----BEGIN PGP ', 'PRIVATE KEY BLOCK-----')],
  ['private key', 'in a JSON document', joined('{"key":"-----BEGIN EC ', 'PRIVATE KEY-----\\nMHcCAQEE"}')],
  ['AWS access key', 'in an assignment', joined('id = "AKIA', 'IOSFODNN7EXAMPLF"')],
  ['AWS access key', 'of a session', joined('ASIA', 'Y34FZKBOKMUTVV7A')],
  ['GitHub token', 'alone', joined('ghp', '_', RANDOM)],
  ['GitHub token', 'of the second form', joined('github_pat', '_', RANDOM, RANDOM)],
  ['GitHub token', 'in a line of a log', joined('{"stderr":"line\\nghs', '_', RANDOM, '\\n"}')],
  ['GitHub token', 'with colours', joined('\u001b[31mgho', '_', RANDOM, '\u001b[0m')],
  ['GitLab token', 'alone', joined('glpat', '-', RANDOM.slice(0, 20))],
  ['Slack token', 'alone', joined('xoxb', '-123456789012-', RANDOM.slice(0, 24))],
  ['Slack webhook', 'alone', joined('https://hooks.slack', '.com/services/T00000000/B00000000/', RANDOM.slice(0, 24))],
  ['npm token', 'in a file of npm', joined('//registry.npmjs.org/:_authToken=npm', '_', RANDOM)],
  ['Google API key', 'alone', joined('AIza', RANDOM.slice(0, 35))],
  ['Stripe key', 'alone', joined('sk_live', '_', RANDOM.slice(0, 24))],
  ['JSON web token', 'of a request', joined('Bearer eyJ', 'hbGciOiJIUzI1NiJ9.eyJ', 'zdWIiOiIxMjM0NSJ9.', RANDOM)],
  ['password in a URL', 'with a user', joined('postgres', '://app:Tr0ub4dor@db.internal/app')],
  ['password in a URL', 'without a user', joined('redis', '://:Tr0ub4dor@10.0.0.7:6379')],
  ['value of a secret name', 'in an environment file', joined('API', '_KEY=', RANDOM)],
  ['value of a secret name', 'in a program', joined('clientSecret', ": '", HEX, "',")],
  ['value of a secret name', 'in a JSON document', joined('"access', '_token": "', RANDOM, '"')],
  ['value of a secret name', 'in an escaped JSON document', joined('{\\"db_pass', 'word\\": \\"', RANDOM, '\\"}')],
])('%s, %s, is found', (kind, _, text) => {
  expect(kindsIn(text)).toEqual([kind]);
});

test.each([
  ['a public key', '-----BEGIN PUBLIC KEY-----'],
  ['a certificate', '-----BEGIN CERTIFICATE-----'],
  ['a word that contains the beginning of a key', joined('XAKIA', 'IOSFODNN7EXAMPLE')],
  ['a key id that is too short', 'AKIAIOSFODNN7'],
  ['the prefix of a token alone', 'tokens begin with ghp_ or github_pat_'],
  ['the header of a web token alone', 'eyJhbGciOiJIUzI1NiJ9'],
  ['a URL with a port', 'http://127.0.0.1:8080/@types'],
  ['a URL with a user alone', 'ssh://git@example.com/repository'],
  ['a URL whose password is inserted', 'postgres://app:${PASSWORD}@db/app'],
  ['a URL whose password is redacted', 'postgres://app:***@db/app'],
  ['a URL whose password is a placeholder', 'postgres://user:password@db/app'],
  ['a variable that is read', 'const token = process.env.ACCESS_TOKEN_OF_THE_RUN_1;'],
  ['a call', 'const secret = createHash256FromTheBytes(value);'],
  ['words', "password: 'correct-horse-battery-staple'"],
  ['a digest', joined('sha256: ', HEX)],
  ['the integrity of a package', joined('"integrity": "sha512-', RANDOM, '=="')],
  ['the id of a commit', joined('"commit": "', HEX, '"')],
  ['a name that repeats', "token: 'aaaaaaaaaaaaaaaaaaaaaaaa1'"],
  ['a path', "credential: 'contract/runtimes.manifest.json'"],
])('%s is no secret', (_, text) => {
  expect(kindsIn(text)).toEqual([]);
});

test('the secrets of a line are found once each, with the number of the line', () => {
  const [first, second] = [joined('ghp', '_', RANDOM), joined('AKIA', 'IOSFODNN7EXAMPLF')];
  const lines = [{ line: 7, text: `token=${first} ${second}` }];

  expect(findSecrets(lines)).toEqual([
    { line: 7, kind: 'AWS access key', secret: second },
    { line: 7, kind: 'GitHub token', secret: first },
  ]);
});
