import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { waitForExit } from '../embedded/cli-process';
import { pidsMentioning } from '../embedded/holder-process';
import { FakeHub } from './fake-hub';
import { CHOSEN_HOST, SandboxRepository, WEB_CHECK, webRepository } from './sandbox-cli';

jest.setTimeout(120_000);

const processesOf = (id: string): number[] => pidsMentioning(`TUNINGFORK_SANDBOX_${id}=`);

test.each([
  ['always', 'true', 0, false],
  ['always', 'false', 1, false],
  ['on_success', 'true', 0, false],
  ['on_success', 'false', 1, true],
  ['never', 'true', 0, true],
  ['never', 'false', 1, true],
])('S2-15 cleanup %s decides after the test command %s', async (cleanup, command, exit, isKept) => {
  using repository = webRepository(command, `cleanup: ${cleanup}\n${WEB_CHECK}`);

  const { code, report } = await repository.run();

  expect(code).toBe(exit);
  const { run, kept, leaks, ports } = report;
  const resources = [
    { kind: 'port', name: String(ports.WEB_PORT) },
    { kind: 'directory', name: expect.stringMatching(`/${run.name}$`) as string },
    { kind: 'processes', name: `TUNINGFORK_SANDBOX_${run.id}=run` },
  ];
  expect({ kept, leaks }).toMatchObject({ kept: isKept ? resources : [], leaks: [] });
  expect(repository.directories()).toEqual(isKept ? [run.name] : []);
  expect(processesOf(run.id).length > 0).toBe(isKept);
  const swept = await repository.cli(['sweep']);
  expect(swept).toMatchObject({ code: 0, stdout: 'nothing was left behind\n' }); // it is kept on purpose
  await repository.cli(['down', run.id]);
  expect([repository.directories(), processesOf(run.id)]).toEqual([[], []]);
});

test('S2-19 keep overrides the policy, and down undoes it once', async () => {
  using repository = webRepository('true');

  const { report } = await repository.run('--keep');
  const { id, name } = report.run;
  const listed = await repository.cli(['list', '--json']);
  const first = await repository.cli(['down', id, '--json']);
  const second = await repository.cli(['down', id, '--json']);

  expect(report.kept.map(({ remove }) => remove)).toContain(`npx tuningfork sandbox down ${id}`);
  expect(JSON.parse(listed.stdout)).toMatchObject([{ id, name, state: 'kept' }]);
  expect([first.code, JSON.parse(first.stdout)]).toEqual([0, { run: id, changed: true, leaks: [] }]);
  expect([second.code, JSON.parse(second.stdout)]).toEqual([0, { run: id, changed: false, leaks: [] }]);
  expect([repository.directories(), processesOf(id)]).toEqual([[], []]);
});

test('results of old runs are removed unless something is on the host', async () => {
  using repository = webRepository('true');
  const [old, kept] = [await repository.run(), await repository.run('--keep')];
  for (const { report } of [old, kept]) repository.age(report.run.id, 31);

  const { report } = await repository.run();

  expect(repository.ledgers().sort()).toEqual([kept.report.run.id, report.run.id].sort());
  await repository.cli(['down', kept.report.run.id]);
});

test('an unknown run is exit 2', async () => {
  using repository = webRepository('true');

  expect(await repository.cli(['down', '00000000'])).toMatchObject({
    code: 2,
    stderr: 'tuningfork: RUN_UNKNOWN: there is no run 00000000: see npx tuningfork sandbox list\n',
  });
});

/** Starts a run whose test command waits, and returns once that has started. */
async function startRun(repository: SandboxRepository, ...args: string[]) {
  const cli = repository.spawn(['run', repository.root, ...args]);
  const chunks: string[] = [];
  cli.stderr.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  const lines = createInterface({ input: cli.stdout });
  const { value } = await lines[Symbol.asyncIterator]().next();
  const ended = waitForExit(cli);
  const id = /-([0-9a-f]{8})\/tree$/.exec(value as string)![1]!;
  /** What it printed on stderr, once that includes a text. */
  const printed = async (text: string): Promise<string> => {
    while (!chunks.join('').includes(text)) await once(cli.stderr, 'data');
    return chunks.join('');
  };
  return { cli, id, ended, printed };
}

const WAITING = 'pwd; exec sleep 300';

test.each<[NodeJS.Signals, NodeJS.Signals]>([
  ['SIGINT', 'SIGTERM'],
  ['SIGTERM', 'SIGINT'],
])('S2-16 %s tears down once, whatever %s follows', async (signal, later) => {
  await using hub = await FakeHub.start();
  using repository = webRepository(WAITING);
  const { cli, id, ended, printed } = await startRun(repository, '--hub', hub.url);

  cli.kill(signal);
  await printed(`${signal}: removing`);
  cli.kill(later);
  const [code, by] = await ended;

  expect({ code, by }).toEqual({ code: null, by: signal });
  expect((await printed(`${later}: the sandbox is being removed`)).match(/✓ teardown/g)).toHaveLength(1);
  expect(hub.reports).toMatchObject([{ run: { id }, interrupted: true, leaks: [] }]);
  expect([repository.directories(), processesOf(id)]).toEqual([[], []]);
});

test('S2-16 a signal while the stack starts ends the run before its test', async () => {
  using repository = webRepository('touch ran', '');
  repository.write(
    'e2e/compose.yml',
    `services:
  app: { x-process: exec sleep 600, depends_on: { prepare: { condition: service_completed_successfully } } }
  prepare: { x-process: exec sleep 600 }
`,
  );
  const cli = repository.spawn(['run', repository.root]);
  const chunks: string[] = [];
  cli.stderr.on('data', (chunk: Buffer) => chunks.push(chunk.toString()));
  while (!chunks.join('').includes('✓ copy')) await once(cli.stderr, 'data');

  cli.kill('SIGTERM');

  expect(await waitForExit(cli)).toEqual([null, 'SIGTERM']);
  expect(chunks.join('')).toContain('✓ teardown');
  expect(chunks.join('')).not.toContain('✓ up');
  expect(repository.leftBehind()).toEqual([]);
});

test('S2-17 what a killed runner left is removed, and a live run is not', async () => {
  using repository = webRepository(WAITING);
  const [killed, live] = [await startRun(repository), await startRun(repository)];

  killed.cli.kill('SIGKILL');
  await killed.ended;
  const { code, stdout } = await repository.cli(['sweep', '--json']);

  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ swept: [{ run: killed.id, host: CHOSEN_HOST }], leaks: [] });
  expect(repository.directories()).toEqual([expect.stringMatching(`-${live.id}$`)]);
  expect(processesOf(killed.id)).toEqual([]);
  expect(processesOf(live.id).length).toBeGreaterThan(0);
  const down = await repository.cli(['down', live.id]);
  expect(down).toMatchObject({ code: 3, stderr: expect.stringContaining('RUN_ACTIVE') as string });
  live.cli.kill('SIGINT');
  await live.ended;
  expect([repository.directories(), processesOf(live.id)]).toEqual([[], []]);
});
