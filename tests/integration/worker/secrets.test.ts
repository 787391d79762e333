import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { MaskingStream } from '../../../platform/core/secrets/masking-stream';
import { RedactionFault } from '../../../platform/redaction/redaction-fault';
import { ATTEMPT_TOKEN, createAttemptRunner } from './attempt-runner';

const SECRET = 'p4ss-wörd-7';
const attemptWithSecret = { parameters: { password: SECRET }, secrets: [SECRET] };

test('RT-06 a secret printed in two pieces is masked', async () => {
  using runner = createAttemptRunner();
  const result = await runner.runScript('echo "<$password>"; printf p4ss-; sleep 0.1; echo wörd-7', attemptWithSecret);
  expect(result).toMatchObject({ succeeded: true, stdout: '<***>\n***\n', redacted: true });
});

test('RT-06 a secret is masked in errors, the stderr file and the tails', async () => {
  using runner = createAttemptRunner();
  const outcome = (await runner.run({ entrypoint: 'echo "is $password" >&2; exit 3', ...attemptWithSecret }))!;
  expect(outcome.result).toMatchObject({ exit_code: 3, error: 'is ***\n', redacted: true });
  expect(outcome.stderrTail).toBe('is ***\n');
  expect(readFileSync(outcome.result.stderr_log as string, 'utf8')).toBe('is ***\n');
});

test('a secret is masked in a parsed document in any encoding', async () => {
  using runner = createAttemptRunner();
  const print = String.raw`printf '{"a": "p4ss-w\\u00f6rd\\u002d7", "n": 7, "b": "%s"}' "$(printf %s "$password" | base64)"`;
  const result = await runner.runScript(print, { ...attemptWithSecret, outputFormat: 'json' });
  expect(result).toMatchObject({ data: { a: '***', n: 7, b: '***' }, redacted: true });
});

test('a result without a secret is not marked as redacted', async () => {
  using runner = createAttemptRunner();
  expect(await runner.runScript('echo fine', attemptWithSecret)).not.toHaveProperty('redacted');
});

test('RT-06 secrets are not in environment variables or command lines', async () => {
  using runner = createAttemptRunner();
  const script = 'printenv | grep -c p4ss; tr "\\0" "\\n" </proc/$$/cmdline | grep -c p4ss; echo "${#password}"';
  const context = { shown: 'yes' };
  const result = await runner.runScript(`set +e\n${script}\necho $ATTUNE_CONTEXT_SHOWN`, {
    ...attemptWithSecret,
    context,
  });
  expect(result.stdout).toBe('0\n0\n11\nyes\n');
});

test('an attempt without its secrets does not start', async () => {
  using runner = createAttemptRunner();
  const result = await runner.runScript('echo started', { problem: 'SECRET_UNAVAILABLE: value of key 7' });
  expect(result).toEqual({
    succeeded: false,
    error: 'Action execution failed: SECRET_UNAVAILABLE: value of key 7',
  });
});

test('an attempt with permission sets gets a token, which is masked', async () => {
  using runner = createAttemptRunner();
  const credential = {
    identity: 5,
    permissionSetRefs: ['standard'],
    isAuthoredByExecutor: true,
    standardActionRefs: ['demo.act'],
    standardPackRefs: ['demo'],
  };
  const path = `${runner.directory}/token`;

  const result = await runner.runScript(`printf %s "$ATTUNE_API_TOKEN" >${path}; echo "$ATTUNE_API_TOKEN"`, {
    credential,
  });

  expect(result.stdout).toBe('***\n');
  expect(readFileSync(path, 'utf8')).toBe(ATTEMPT_TOKEN);
  expect(await runner.runScript('echo "${ATTUNE_API_TOKEN-none}"')).toMatchObject({ stdout: 'none\n' });
});

test('a printed secret of 20,000 characters is masked', async () => {
  using runner = createAttemptRunner();
  const secret = '(+s3cret*)'.repeat(2_000);
  const result = await runner.runScript('printf %s "<$password>"; echo "$password" | cut -c2-', {
    parameters: { password: secret },
    secrets: [secret, secret.slice(1)],
  });
  expect(result).toMatchObject({ succeeded: true, stdout: '<***>***\n', redacted: true });
});

test('an attempt whose output cannot be redacted stores none of it', async () => {
  using runner = createAttemptRunner();
  const received = `${runner.directory}/received`;
  const push = jest.spyOn(MaskingStream.prototype, 'push').mockImplementationOnce((bytes) => {
    writeFileSync(received, '');
    return [bytes];
  });
  push.mockImplementation(() => {
    throw new Error(SECRET);
  });
  const entrypoint = `echo shown; until [ -e ${received} ]; do sleep 0.02; done; echo "$password"; sleep 60`;
  const outcome = await runner.run({ entrypoint, ...attemptWithSecret });
  push.mockRestore();
  expect(outcome).toMatchObject({ status: 'failed', stdoutTail: '', stderrTail: '' });
  expect(outcome!.result).toEqual({
    succeeded: false,
    error: `Action execution failed: ${new RedactionFault('REDACTION_FAILED').message}`,
  });
  expect(runner.logFiles()).toEqual([]);
});

test('an attempt with too many secrets does not start', async () => {
  using runner = createAttemptRunner();
  const secrets = Array.from({ length: 60_000 }, (_, index) => `s3cret-${index}-of-many`);
  const result = await runner.runScript(`touch ${runner.directory}/started`, { secrets });
  expect(result.error).toContain('REDACTION_LIMIT');
  expect(existsSync(`${runner.directory}/started`)).toBe(false);
});
