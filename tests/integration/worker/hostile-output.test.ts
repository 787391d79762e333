import { withAttemptRunner } from './attempt-runner';

const runner = withAttemptRunner();

test('IN-04 NUL and invalid UTF-8 in the output of an action are replaced', async () => {
  const result = await runner().runScript(String.raw`printf 'a\000b\377c\300\257d\n'`);

  expect(result).toMatchObject({ succeeded: true, stdout: 'a\uFFFDb\uFFFDc\uFFFD\uFFFDd\n' });
});

test('IN-04 NUL and half a surrogate pair in a JSON result are replaced', async () => {
  const script = String.raw`printf '%s' '{"nul": "a\u0000b", "half": "\ud800"}'`;

  const result = await runner().runScript(script, { outputFormat: 'json' });

  expect(result).toMatchObject({ succeeded: true, data: { nul: 'a\uFFFDb', half: '\uFFFD' } });
});

test('RT-08 an action that exits 0 with broken JSON has no data', async () => {
  const result = await runner().runScript('printf "{broken"', { outputFormat: 'json' });

  expect(result).toMatchObject({ succeeded: true, exit_code: 0, stdout: '{broken' });
  expect(result).not.toHaveProperty('data');
});

test.each(['cancelled', 'timed out'])('RT-08 the text "%s" in an error changes no status', async (text) => {
  const outcome = await runner().run({ entrypoint: `echo "${text}" >&2; exit 137` });

  expect(outcome).toMatchObject({ status: 'failed', result: { exit_code: 137 } });
  expect(outcome!.result).not.toHaveProperty('timed_out');
  expect(outcome!.result).not.toHaveProperty('cancelled');
});

test('RT-04 JSON after the end of the stored output gives no data', async () => {
  const filler = 'head -c 2000000 /dev/zero | tr "\\0" x; echo; echo "{\\"late\\": 1}"';

  const result = await runner().runScript(filler, { outputFormat: 'json' });

  expect(result).toMatchObject({ succeeded: true, exit_code: 0 });
  expect(result).not.toHaveProperty('data');
});
