import { readFileSync } from 'node:fs';
import { decodeJwt } from 'jose';
import { openBench, LIMIT_S } from './attempts';

const SECRET = 'p4ss-wörd-7';
const given = { parameters: { password: SECRET }, secrets: [SECRET] };

test('a secret is masked in output, also when it is printed in two pieces', async () => {
  using bench = openBench();
  const result = await bench.script('echo "<$password>"; printf p4ss-; sleep 0.1; echo wörd-7', given);
  expect(result).toMatchObject({ succeeded: true, stdout: '<***>\n***\n', redacted: true });
});

test('a secret is masked in errors, their file and the tails', async () => {
  using bench = openBench();
  const outcome = (await bench.run({ entrypoint: 'echo "is $password" >&2; exit 3', ...given }))!;
  expect(outcome.result).toMatchObject({ exit_code: 3, error: 'is ***', redacted: true });
  expect(outcome.stderrTail).toBe('is ***\n');
  expect(readFileSync(outcome.result.stderr_log as string, 'utf8')).toBe('is ***\n');
});

test('a secret is masked in a document, however it is spelt there', async () => {
  using bench = openBench();
  const print = String.raw`printf '{"a": "p4ss-w\\u00f6rd\\u002d7", "n": 7, "b": "%s"}' "$(printf %s "$password" | base64)"`;
  const result = await bench.script(print, { ...given, outputFormat: 'json' });
  expect(result).toMatchObject({ data: { a: '***', n: 7, b: '***' }, redacted: true });
});

test('a result that shows no secret does not say that it was masked', async () => {
  using bench = openBench();
  expect(await bench.script('echo fine', given)).not.toHaveProperty('redacted');
});

test('secrets go by standard input and private files only', async () => {
  using bench = openBench();
  const script = 'printenv | grep -c p4ss; tr "\\0" "\\n" </proc/$$/cmdline | grep -c p4ss; echo "${#password}"';
  const context = { shown: 'yes' };
  const result = await bench.script(`set +e\n${script}\necho $ATTUNE_CONTEXT_SHOWN`, { ...given, context });
  expect(result.stdout).toBe('0\n0\n11\nyes\n');
});

test('an attempt that cannot have its secrets does not start, and says why', async () => {
  using bench = openBench();
  const result = await bench.script('echo started', { problem: 'SECRET_UNAVAILABLE: value of key 7' });
  expect(result).toEqual({
    succeeded: false,
    error: 'Action execution failed: SECRET_UNAVAILABLE: value of key 7',
  });
});

test('a token is given to an attempt with permission sets, for as long as it may run, and is masked', async () => {
  using bench = openBench();
  const credential = {
    identity: 5,
    permissionSetRefs: ['standard'],
    standardActionRefs: ['demo.act'],
    standardPackRefs: ['demo'],
  };
  const path = `${bench.directory}/token`;

  const result = await bench.script(`printf %s "$ATTUNE_API_TOKEN" >${path}; echo "$ATTUNE_API_TOKEN"`, { credential });

  expect(result.stdout).toBe('***\n');
  const claims = decodeJwt(readFileSync(path, 'utf8'));
  expect(claims).toMatchObject({ sub: '5', token_type: 'execution', scope: 'execution', tenant: 1 });
  expect(claims.exp! - claims.iat!).toBe(LIMIT_S + 60);
  expect(await bench.script('echo "${ATTUNE_API_TOKEN-none}"')).toMatchObject({ stdout: 'none\n' });
});
