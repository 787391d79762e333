import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { SandboxRepository } from './sandbox-cli';

jest.setTimeout(120_000);

const EXAMPLE = join(__dirname, '../../../examples/sandbox-repo');

function exampleRepository(): SandboxRepository {
  const repository = new SandboxRepository({});
  cpSync(EXAMPLE, repository.root, { recursive: true });
  return repository;
}

const STEPS = [
  '1  the API is healthy',
  '2  a workflow is stored',
  '3  a worker completes its run',
  '4  the run has its result',
  '5  the log of the run is in the database',
];

test('S2-25 the example repository proves a whole flow', async () => {
  using repository = exampleRepository();

  const { code, report } = await repository.run();

  expect({ code, steps: report.test!.stdout_tail }).toEqual({ code: 0, steps: STEPS.map((title) => `pass  ${title}`) });
  expect(repository.directories()).toEqual([]);
});

const hasMake = spawnSync('make', ['--version']).status === 0;
(hasMake ? test : test.skip)('the targets of its Makefile run the command line', () => {
  const targets = ['e2e', 'e2e-cron-install', 'e2e-cron-list', 'e2e-cron-remove'];

  const printed = execFileSync('make', ['--silent', ...targets, 'REPO=elsewhere', 'TUNINGFORK=echo'], {
    cwd: EXAMPLE,
    encoding: 'utf8',
  });

  expect(printed.trim().split('\n')).toEqual([
    'sandbox run elsewhere',
    'sandbox cron install elsewhere',
    'sandbox cron list',
    'sandbox cron remove elsewhere',
  ]);
});

test('S2-25 a broken worker fails the third step by name', async () => {
  using repository = exampleRepository();
  repository.write('service/worker.py', 'import time\n\nwhile True:\n    time.sleep(1)\n');

  const { code, report } = await repository.run();

  const [one, two, three] = STEPS;
  expect({ code, steps: report.test!.stdout_tail }).toEqual({
    code: 1,
    steps: [`pass  ${one}`, `pass  ${two}`, `FAIL  ${three}`],
  });
  expect(report.failure).toMatchObject({ code: 'TEST_FAILED' });
});
