import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { startPlatform } from '../../../helpers/target/start/started-platform';
import { LAUNCHER, outputOf, spawnCli, waitForExit } from '../embedded/cli-process';
import { testDirectory } from '../../test-directory';

jest.setTimeout(480_000);

/** Runs a command to its end. */
function runCli(args: readonly string[], env: NodeJS.ProcessEnv = {}) {
  return outputOf(spawnCli(args, { NO_COLOR: '1', ...env }));
}

/** For tests that are not about a platform of the command's own; the first one starts it. */
let shared: ReturnType<typeof startPlatform> | undefined;
const onPlatform = async () => ({ PLATFORM_URL: (await (shared ??= startPlatform({}))).running.url });
afterAll(async () => (await shared)?.stop());

// the tests that start a platform, or wait 10 s for one, run at the same time: they share nothing
test.concurrent('run starts a platform, and prints the result as one line', async () => {
  const { code, stdout, stderr } = await runCli(['run', 'demo.two_step']);

  expect(code).toBe(0);
  const { id, ...result } = JSON.parse(stdout) as { id: number };
  expect(id).toBeGreaterThan(0);
  expect(result).toEqual({
    status: 'completed',
    output: {
      summarize: { summary: 'Ada Lovelace published the first program in 1843.', words: 13 },
      extract_entities: { entities: ['Ada Lovelace', '1843'] },
    },
  });
  expect(stdout.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toContain('EXECUTION_COMPLETED');
});

test.concurrent('run exits with 1 where the execution fails, and where there is none', async () => {
  const failed = await runCli(['run', 'core.http_request', '--parameters', '{"url": "http://127.0.0.1:1/"}', '--json']);
  expect(failed).toMatchObject({ code: 1, stderr: '' });
  expect(JSON.parse(failed.stdout)).toMatchObject({ status: 'failed' });

  const named = await onPlatform();
  const misspelt = await runCli(['run', 'core.echo', '--parameters', '{"mesage": "hello"}'], named);
  const warning = "core.echo has no parameter 'mesage'. Did you mean 'message'?";
  expect(misspelt.stderr).toContain(`warning: ${warning}\n`);
  expect(JSON.parse(misspelt.stdout)).toMatchObject({ warnings: [warning] });

  const invalid = await runCli(['run', 'core.sleep', '--parameters', '{"seconds": "long"}'], named);
  expect(invalid).toMatchObject({ code: 1, stdout: '' });
  expect(invalid.stderr).toMatch(/^tuningfork: VALIDATION_ERROR: .*\/parameters\/seconds must be number/m);
  expect(invalid.stderr).not.toContain('EXECUTION_STARTED');

  const missing = await runCli(['run', 'core.missing'], named);
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(/^tuningfork: NOT_FOUND: .*core\.missing/m);
});

test.each([
  [
    'parameters that are not an object',
    ['run', 'core.noop', '--parameters', '[1]'],
    '--parameters is not a JSON object: [1]',
  ],
  ['a directory without a pack', ['run', 'core.noop', '--pack', '/'], '--pack /: there is no pack.yaml'],
  ['no ref', ['run'], "missing required argument 'ref'"],
  ['no execution', ['events', 'tail'], "required option '--execution <id>' not specified"],
  ['no platform', ['events', 'tail', '--execution', '1'], 'NO_PLATFORM: no platform is named'],
])('%s is invalid usage', async (_, args, message) => {
  const { code, stdout, stderr } = await runCli(args);

  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain(message);
});

test('doctor has a line about time where the settings make it virtual', async () => {
  const linesWith = async (env: NodeJS.ProcessEnv) =>
    (await runCli(['doctor'], env)).stdout.split('\n').filter((line) => /^ok +time /.test(line));

  expect(await linesWith({})).toEqual([]);
  expect(await linesWith({ PLATFORM_VIRTUAL_TIME: 'on' })).toEqual([
    expect.stringContaining('virtual: a caller with the grant'),
  ]);
});

test.each([[[]], [['up']]])('a reader that closes the pipe early ends %j --help in silence', async (args) => {
  const cli = spawnCli([...args, '--help']);
  cli.stdout.destroy();

  expect(await Promise.all([text(cli.stderr), waitForExit(cli)])).toEqual(['', [0, null]]);
});

test('a disk without space for the output ends a command with one line, and 1', async () => {
  const full = openSync('/dev/full', 'w');
  const cli = spawn(process.execPath, [LAUNCHER, '--help'], { stdio: ['ignore', full, 'pipe'] });
  closeSync(full);

  expect(await Promise.all([text(cli.stderr!), once(cli, 'exit')])).toEqual([
    'tuningfork: standard output cannot be written: ENOSPC: no space left on device, write\n',
    [1, null],
  ]);
});

/** A pack with this file of its workflow `flow`, and its action `fail`, which fails. */
function writePack(ref: string, flow: string): string {
  const directory = testDirectory();
  const action = `ref: ${ref}.fail\nrunner_type: shell\nentry_point: fail.sh\n`;
  const files = {
    'pack.yaml': `ref: ${ref}\nlabel: Checked\nversion: 1.0.0\nbogus: 1\n`,
    'actions/fail.yaml': action,
    'actions/fail.sh': 'echo started; echo no space left >&2; exit 7\n',
    'workflows/flow.yaml': flow,
  };
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), content);
  }
  return directory;
}

const task = (name: string, action: string, more = '') => `  - { name: ${name}, action: ${action}${more} }\n`;
const FLOW = 'label: Flow\nversion: 1.0.0\ntasks:\n';

test.concurrent('rerun runs from a task on the platform that PLATFORM_URL names', async () => {
  const named = await onPlatform();
  const first = await runCli(['run', 'demo.two_step', '--pack', 'packs/demo', '--json'], named);
  const { id, output } = JSON.parse(first.stdout) as { id: number; output: object };
  const from = (execution: number, task: string, ...more: string[]) =>
    runCli(['rerun', String(execution), '--from', task, ...more], named);

  const ended = await from(id, 'extract_entities', '--wait', '--json');
  expect(ended.code).toBe(0);
  const again = JSON.parse(ended.stdout) as { id: number };
  expect(again).toEqual({ status: 'completed', id: again.id, output });
  expect(again.id).not.toBe(id);
  const other = await from(id, 'summarize', '--parameters', '{"text": "Two. Three."}', '--wait', '--json');
  expect(JSON.parse(other.stdout)).toMatchObject({ output: { summarize: { summary: 'Two.', words: 2 } } });
  const started = await from(id, 'extract_entities');
  expect(started).toMatchObject({
    code: 0,
    stdout: expect.stringMatching(/^execution \d+ runs from extract_entities\n$/) as string,
  });
  const unknown = await from(id, 'deploy');
  expect(unknown).toMatchObject({
    code: 2,
    stdout: '',
    stderr: expect.stringContaining('RERUN_TASK_UNKNOWN') as string,
  });
  expect(await from(999_999, 'summarize')).toMatchObject({ code: 2, stdout: '' });
});

test.concurrent('run prints the warnings of the upload, and what failed', async () => {
  const directory = writePack('checked', FLOW + task('build', 'checked.fail'));
  const { code, stdout, stderr } = await runCli(['run', 'checked.flow', '--pack', directory], await onPlatform());

  expect(code).toBe(1);
  const warnings = [expect.stringMatching(/^pack\.yaml:4: 'bogus' has no meaning here/)];
  const failures = ['build (checked.fail) is failed, exit 7', '  no space left'];
  expect(JSON.parse(stdout)).toMatchObject({ status: 'failed', failures, warnings });
  expect(stderr).toMatch(/^warning: pack\.yaml:4: 'bogus'/m);
  expect(stderr).toContain(`\n${failures.join('\n')}\n`);
});

test.concurrent('run prints the inquiry that a task waits for', async () => {
  const directory = writePack(
    'asking',
    FLOW + task('ask', 'core.ask', ', input: { prompt: "Deploy?", timeout_seconds: 2 }'),
  );
  const { stderr } = await runCli(['run', 'asking.flow', '--pack', directory], await onPlatform());

  expect(stderr).toMatch(/^execution \d+ waits for a response to inquiry (\d+): Deploy\?$/m);
  expect(stderr).toMatch(/^ {2}respond with POST http:\S+\/api\/v1\/inquiries\/\d+\/respond and /m);
});

test.concurrent('verify proves nothing where no task ran', async () => {
  const directory = writePack(
    'verified',
    `${FLOW}${task('a', 'core.noop', `, when: '{{ false }}'`)}output_map: { done: true }\n`,
  );
  const expected = join(directory, 'expect.json');
  writeFileSync(expected, '{"done": true}');
  const flow = join(directory, 'workflows/flow.yaml');
  const { code, stdout, stderr } = await runCli(['verify', flow, '--expect', expected]);

  const unproven = ['no task of the workflow ran'];
  expect({ code, receipt: JSON.parse(stdout) }).toMatchObject({
    code: 5,
    receipt: { verdict: 'not proven', unproven },
  });
  expect(stderr).toContain('NOTHING_PROVEN: no task of the workflow ran');
  expect(stderr).toMatch(/^! warning: pack\.yaml:4: 'bogus'/m);
});

test.concurrent.each([
  [['events', 'tail', '--execution', '1']],
  [['replay', '1']],
  [['rerun', '1', '--from', 'a']],
  [['why', '1']],
  [['clock']],
])('a platform that does not respond is exit 3: %j', async (args) => {
  const { code, stdout, stderr } = await runCli([...args, '--target', 'http://127.0.0.1:1']);

  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^tuningfork: TARGET_UNREACHABLE: no platform responded at http:\/\/127\.0\.0\.1:1\/health/);
});

const childrenOf = (pid: number): string[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);

test.concurrent('Ctrl-C during run stops the platform that it started', async () => {
  const cli = spawnCli(['run', 'core.sleep', '--parameters', '{"seconds": 60}']);
  const lines = createInterface(cli.stderr);
  const output = text(cli.stderr);
  await once(lines, 'line');
  const platforms = childrenOf(cli.pid!);
  const exit = waitForExit(cli);
  cli.kill('SIGINT');

  expect(await exit).toEqual([null, 'SIGINT']);
  expect(platforms).toHaveLength(1);
  expect(existsSync(`/proc/${platforms[0]}`)).toBe(false);
  expect((await output).trimEnd().split('\n').at(-1)).toBe(
    'tuningfork: interrupted by SIGINT; the platform that was started for it has ended, with all that ran on it',
  );
});
