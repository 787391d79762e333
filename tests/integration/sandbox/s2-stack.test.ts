import { pidsMentioning } from '../embedded/holder-process';
import { manifest, SandboxRepository, webRepository } from './sandbox-cli';

jest.setTimeout(120_000);

/** A repository whose stack is this text. */
const stackRepository = (services: string, test = 'true'): SandboxRepository =>
  new SandboxRepository({ 'e2e/e2e.yml': manifest(test), 'e2e/compose.yml': `services:\n${services}` });

const PREPARE = (command: string): string => `  app:
    x-process: cat prepared && exec sleep 600
    depends_on: { prepare: { condition: service_completed_successfully } }
  prepare:
    x-process: ${command}
`;

test('S2-31 a service starts once a task that it needs has ended with 0', async () => {
  using repository = stackRepository(PREPARE('sleep 1; echo done >prepared'), 'cat prepared');

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure, stack: report.stack }).toEqual({ code: 0, failure: null, stack: 'process' });
  expect(report.test!.stdout_tail).toEqual(['done']);
});

test('S2-31 a task that fails ends the run with its words', async () => {
  using repository = stackRepository(PREPARE('echo no index; touch prepared; exit 3'));

  const { code, report } = await repository.run();

  expect({ code, message: report.failure!.message }).toEqual({
    code: 3,
    message: 'STACK_UP_FAILED: service prepare ended with exit code 3; its output ends with\nno index',
  });
  expect(report.test).toBeNull();
});

const HEALTHY = (command: string, healthcheck: string): string => `  app:
    x-process: cat ready && exec sleep 600
    depends_on: { store: { condition: service_healthy } }
  store:
    x-process: ${command}; exec sleep 600
    environment: { FILE: ready }
${healthcheck}`;

test.each([
  ['a list of words', `['CMD', 'test', '-e', 'ready']`],
  ['a command line', `['CMD-SHELL', 'test -e "$$FILE"']`],
  ['a text', `test -e "$$FILE"`],
])('S2-32 a service starts once one is healthy by %s', async (_, check) => {
  using repository = stackRepository(HEALTHY('sleep 1; touch ready', `    healthcheck: { test: ${check} }\n`));

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure }).toEqual({ code: 0, failure: null });
});

test('S2-32 a service that never gets healthy ends the run after its own limit', async () => {
  const isShown = 'until grep -q waiting ../state/service.store.log; do sleep 0.05; done';
  const limits = 'interval: 500ms, retries: 2, start_period: 1s';
  const healthcheck = `    healthcheck: { test: '${isShown}; false', ${limits} }\n`;
  using repository = stackRepository(HEALTHY('echo waiting', healthcheck));

  const { code, report } = await repository.run();

  expect({ code, message: report.failure!.message }).toEqual({
    code: 3,
    message: 'STACK_UP_FAILED: service store is not healthy after 2 s; its output ends with\nwaiting',
  });
  expect(report.phases.find(({ phase }) => phase === 'up')!.ms).toBeGreaterThanOrEqual(2_000);
});

test('S2-32 a service that must be healthy needs a check', async () => {
  using repository = stackRepository(HEALTHY('touch ready', ''));

  const { code, report } = await repository.run();

  expect({ code, message: report.failure!.message }).toEqual({
    code: 2,
    message: expect.stringMatching(
      /^COMPOSE_FILE_INVALID: e2e\/compose\.yml:\d+:\d+ \w+ waits until store is healthy, but that has no healthcheck; /,
    ),
  });
  expect(repository.leftBehind()).toEqual([]);
});

test('S2-32 the name of the project is that of the run, as for an engine', async () => {
  using repository = new SandboxRepository({
    'e2e/e2e.yml': manifest('cat project'),
    'e2e/compose.yml': `services:
  task: { x-process: 'echo "$P" >project', environment: { P: "\${COMPOSE_PROJECT_NAME}" } }
  app: { x-process: exec sleep 600, depends_on: { task: { condition: service_completed_successfully } } }
`,
  });

  const { code, report } = await repository.run();

  expect({ code, stdout: report.test!.stdout_tail, notices: report.notices }).toEqual({
    code: 0,
    stdout: [report.run.name],
    notices: undefined,
  });
});

const junitOf = (cases: string): string => `printf '<testsuites><testsuite>${cases}</testsuite></testsuites>' >r.xml`;
const [PASSED, FAILED] = ['<testcase name="a"/>', '<testcase name="b"><failure>no</failure></testcase>'];
const SKIPPED = '<testcase name="c"><skipped/></testcase>';

test.each([
  ['passed and skipped', junitOf(`${PASSED}${SKIPPED}${PASSED}`), 0, null, { passed: 2, failed: 0, skipped: 1 }],
  ['failed', junitOf(`${PASSED}${FAILED}`), 1, 'TEST_FAILED', { passed: 1, failed: 1, skipped: 0 }],
  ['skipped only', junitOf(SKIPPED), 5, 'NOTHING_PROVEN', { passed: 0, failed: 0, skipped: 1 }],
  ['not there', 'true', 5, 'NOTHING_PROVEN', null],
  ['cut off', `echo '<testsuites><testcase/>' >r.xml`, 5, 'NOTHING_PROVEN', null],
  ['of another kind', `echo '<html></html>' >r.xml`, 5, 'NOTHING_PROVEN', null],
])('S2-34 test cases that are %s are counted, and decide', async (_, command, exit, failure, cases) => {
  using repository = webRepository(command, 'junit: r.xml\n');

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure?.code ?? null, cases: report.test!.cases }).toEqual({
    code: exit,
    failure,
    cases,
  });
});

test('S2-33 a run that fills its disk is ended at its limit', async () => {
  const fill = 'head -c 200000000 /dev/zero >fill; exec sleep 20';
  using repository = stackRepository('  idle:\n    x-process: exec sleep 600\n');
  repository.write('e2e/e2e.yml', manifest(fill, 'disk_limit: 100\n'));

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure, leaks: report.leaks }).toEqual({
    code: 1,
    leaks: [],
    failure: {
      code: 'DISK_LIMIT_EXCEEDED',
      message: expect.stringMatching(/: the run held 1\d\d MiB, and disk_limit is 100: its/) as string,
    },
  });
  expect(report.test).toMatchObject({ exit_code: 143, timed_out: false });
  expect(pidsMentioning(report.run.name)).toEqual([]);
  expect(repository.leftBehind()).toEqual([]);
});
