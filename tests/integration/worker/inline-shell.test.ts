import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { withAttemptRunner } from './attempt-runner';

const runner = withAttemptRunner();

test('the stdout of an inline script is in the result unchanged', async () => {
  const result = await runner().runScript('echo hi');
  expect(result).toEqual({ succeeded: true, exit_code: 0, duration_ms: expect.any(Number), stdout: 'hi\n' });
});

test('RT-06 the parameters of an inline script are inherited by no child', async () => {
  const parameters = {
    'a.b': 'x y',
    n: 5,
    on: true,
    none: null,
    list: [1, 'z'],
    quote: `it's "\\n"\n$HOME`,
    '1st': 'd',
  };
  const names = 'for v in "$a_b" "$PARAM_A_B" "$n" "$on" "$none" "$list" "$quote" "$_st"; do printf "<%s>" "$v"; done';
  const result = await runner().runScript(`${names}; printenv PARAM_N || echo unexported`, { parameters });
  expect(result.stdout).toBe(`<x y><x y><5><true><null><[1,"z"]><it's "\\n"\n$HOME><d>unexported\n`);
});

test('parameters may be named like read-only bash variables', async () => {
  const result = await runner().runScript('echo "$PARAM_UID $PARAM_PPID"', { parameters: { UID: 'u', PPID: 'p' } });
  expect(result.stdout).toBe('u p\n');
});

test('the first failing command ends an inline script', async () => {
  expect(await runner().runScript('cat; false; echo never')).toMatchObject({ succeeded: false, exit_code: 1 });
});

test('error messages contain the line number of the source', async () => {
  const result = await runner().runScript('true\nno-such-command', { parameters: { text: 'two\nlines' } });
  expect(result).toMatchObject({ exit_code: 127 });
  expect(result.error).toContain('line 2: no-such-command: command not found');
});

test('the file of an inline script is removed', async () => {
  await runner().runScript('true');
  expect(readdirSync(join(runner().directory, 'tmp', 'w1'))).toEqual([]);
});
