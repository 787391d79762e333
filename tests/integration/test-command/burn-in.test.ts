import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { repositoryRoot } from '../../../helpers/repository-root';
import { until, type Condition } from '../../../helpers/scenario/polling';
import { startBusyCores } from '../../../cli/burn-in/busy-cores';
import { createSmallProject, type SmallProject } from './small-project';
import { predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';

const ROOT = repositoryRoot();
const LIVENESS_MS = 60_000;

let project: SmallProject;
beforeAll(() => {
  project = createSmallProject({
    'flaky.test.js': `
      test('passes', () => {});
      test('fails in the second run', () => {
        const fs = require('node:fs');
        fs.appendFileSync(__dirname + '/runs', '.');
        expect(fs.readFileSync(__dirname + '/runs', 'utf8')).not.toBe('..');
      });`,
    'endless.test.js': "test('waits', () => new Promise(() => {}), 600_000);",
    runs: '',
  });
});
afterAll(() => project.remove());

test('a failure is counted by load, and its test gets no second attempt', async () => {
  const { code, stdout, stderr } = await project.command('burn-in', 'flaky', '--times', '3', '--json');

  expect(code).toBe(1);
  const report = JSON.parse(stdout) as { tests: unknown[] };
  expect(report).toMatchObject({ verdict: 'failed', runs: 3, failed_runs: [] });
  expect(report.tests).toMatchObject([
    { test: 'fails in the second run', calm: { runs: 2, failed: 0 }, busy: { runs: 1, failed: 1 } },
    { test: 'passes', calm: { runs: 2, failed: 0 }, busy: { runs: 1, failed: 0 } },
  ]);
  expect(stderr.match(/run \d of 3, \w+: exit \d/g)).toEqual([
    'run 1 of 3, calm: exit 0',
    'run 2 of 3, busy: exit 1',
    'run 3 of 3, calm: exit 0',
  ]);
});

test('files that no name matches are invalid usage', async () => {
  const { code, stderr } = await project.command('burn-in', 'no-such-file');

  expect(code).toBe(2);
  expect(stderr).toContain('NO_TEST_FILE: no test file matches --config');
});

/** Of a process: its command line; null: it has ended. */
function commandLine(pid: string | number): string | null {
  return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
    ? readFileSync(`/proc/${pid}/cmdline`, 'utf8')
    : null;
}

const toEnd = (pids: readonly (string | number)[]) =>
  predicateToHold(`the processes ${pids.join(', ')} to end`, () => pids.every((pid) => commandLine(pid) === null));

test('Ctrl-C ends Jest, and then burn-in by the same signal', async () => {
  const args = ['bin/tuningfork.js', 'burn-in', '--config', project.config, 'endless'];
  const env = { PATH: process.env.PATH, E2E_RESULTS: join(project.directory, 'results') };
  const command = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const exit = once(command, 'exit');
  await once(createInterface(command.stderr), 'line');
  const jest = await until(childOf(command.pid!), performance.now() + LIVENESS_MS);
  command.kill('SIGINT');

  expect(await exit).toEqual([null, 'SIGINT']);
  expect(commandLine(jest)).toBeNull();
});

/** Its child process that runs the tests. */
const childOf = (pid: number): Condition<string> => ({
  name: `a child of process ${pid}`,
  check: () => {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    const jest = children.find((child) => commandLine(child)?.includes('run-1-calm'));
    return jest === undefined ? { is: 'pending', why: 'none' } : { is: 'met', value: jest };
  },
});

test('the processes that keep cores busy end with their parent', async () => {
  const module = join(ROOT, 'cli/burn-in/busy-cores.ts');
  const program = `console.log(require(${JSON.stringify(module)}).startBusyCores(2).pids.join()); setInterval(() => {}, 1e6);`;
  const parent = spawn(process.execPath, ['-r', 'esbuild-register', '-e', program], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = (await once(createInterface(parent.stdout), 'line')) as [string];
  const pids = line.split(',');
  const running = pids.map((pid) => commandLine(pid) !== null);
  parent.kill('SIGKILL');

  expect(running).toEqual([true, true]);
  await until(toEnd(pids), performance.now() + LIVENESS_MS);
});

test('busy cores have stopped when their stop returns', async () => {
  const busy = startBusyCores(2);
  await busy.stop();

  expect(busy.pids.map(commandLine)).toEqual([null, null]);
});
