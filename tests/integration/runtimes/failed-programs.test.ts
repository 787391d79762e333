// The error of a program that failed is what its runtime says of it, whatever it prints around it.
import { withAttemptRunner } from '../worker/attempt-runner';

const runner = withAttemptRunner();

test.each([
  ['an error', 'fail.js', `throw new Error('quota of account 42 exceeded');`, 'Error: quota of account 42 exceeded\n'],
  ['a rejection', 'reject.js', `Promise.reject(new TypeError('no quota'));`, 'TypeError: no quota\n'],
  [
    'an error with a cause',
    'cause.mjs',
    `throw new Error('outer', { cause: new RangeError('inner') });`,
    'Error: outer\nCaused by: RangeError: inner\n',
  ],
  ['no syntax', 'syntax.js', 'const a = ;', `SyntaxError: Unexpected token ';'\n`],
  ['TypeScript', 'fail.ts', `throw new Error('typed');`, 'Error: typed\n'],
])('Node: %s', async (_what, name, text, error) => {
  const result = await runner().runAction(name, text, { runtime: 'nodejs' });

  expect(result).toMatchObject({ succeeded: false, exit_code: 1, error });
});

test('Node: a module that is missing', async () => {
  const result = await runner().runAction('missing.js', `require('no-such-module');`, { runtime: 'nodejs' });

  expect(result).toMatchObject({ code: 'ACTION_IMPORT_FAILED' });
  expect(result.error).toMatch(/^Error: Cannot find module 'no-such-module'\n/);
});

test.each([
  [
    'errors in a chain',
    `try:\n    int("x")\nexcept ValueError as cause:\n    raise RuntimeError("quota of\\naccount 42") from cause\n`,
    'RuntimeError: quota of\naccount 42\n',
  ],
  ['an exit with a text', `import sys\nprint("a\\n" * 9, file=sys.stderr)\nsys.exit("no quota")\n`, 'no quota\n'],
])('Python: %s', async (_what, text, error) => {
  const result = await runner().runAction('fail.py', text, { runtime: 'python' });

  expect(result).toMatchObject({ succeeded: false, exit_code: 1, error });
});

test('a shell with set -e ends with the error of its command', async () => {
  const text = 'set -e\nfor n in 1 2 3 4 5 6; do echo "step $n" >&2; done\ncat /no/such/file\necho not reached\n';

  expect(await runner().runScript(text)).toMatchObject({ error: 'cat: /no/such/file: No such file or directory\n' });
});

test('more error output than is kept ends with the error', async () => {
  // Not process.stderr: it makes the pipe non-blocking; Node loses its report where it is full.
  const text = `require('node:fs').writeSync(2, 'x'.repeat(2_000_000) + '\\n'); throw new Error('after all that');`;

  const result = await runner().runAction('long.js', text, { runtime: 'nodejs' });

  expect(result).toMatchObject({ stderr_truncated: true, error: 'Error: after all that\n' });
});
