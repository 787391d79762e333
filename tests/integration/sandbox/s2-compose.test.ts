import { execFileSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { chmodSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { waitForExit } from '../embedded/cli-process';
import { findEngine, removeImage } from '../container-engine';
import { manifest, SandboxRepository } from './sandbox-cli';

jest.setTimeout(300_000);

const IMAGE = 'localhost/sandbox-test-busybox';
const ENGINE = findEngine('S2-35', IMAGE);

afterAll(() => {
  if (ENGINE) removeImage(ENGINE, IMAGE);
});

const stack = (command: string): SandboxRepository =>
  new SandboxRepository({
    'e2e/e2e.yml': manifest(
      `wget -qO- "http://127.0.0.1:$WEB_PORT/" || curl -s "http://127.0.0.1:$WEB_PORT/"`,
      'health_checks: [{ name: web, url: "http://127.0.0.1:${WEB_PORT}/", timeout: 60 }]\n',
    ),
    'e2e/compose.yml': `services:
  web:
    image: ${IMAGE}
    command: ["/bin/busybox", "sh", "-c", ${JSON.stringify(command)}]
    ports: ['127.0.0.1:\${WEB_PORT}:80']
    volumes: ['data:/www']
volumes:
  data: {}
`,
  });

/** What the engine has of a run. */
const projectOf = (name: string): string[] =>
  ['ps -aq', 'volume ls -q', 'network ls -q'].flatMap((list) => {
    const args = [...list.split(' '), '--filter', `label=com.docker.compose.project=${name}`];
    return execFileSync(ENGINE!, args, { encoding: 'utf8' }).split('\n').filter(Boolean);
  });

(ENGINE ? test : test.skip)('S2-35 containers are started, asked and removed', async () => {
  using repository = stack('echo hello >/www/index.html; exec /bin/busybox httpd -f -p 80 -h /www');

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure, stack: report.stack }).toEqual({ code: 0, failure: null, stack: 'compose' });
  expect(report.test!.stdout_tail).toEqual(['hello']);
  expect([projectOf(report.run.name), repository.leftBehind()]).toEqual([[], []]);
});

(ENGINE ? test : test.skip)('S2-35 a container that ends is shown with its own words', async () => {
  using repository = stack('echo no index; exit 3');

  const { code, report } = await repository.run();

  expect({ code, message: report.failure!.message }).toEqual({
    code: 3,
    message: 'STACK_UP_FAILED: service web ended with exit code 3; its output ends with\nno index',
  });
  expect([projectOf(report.run.name), repository.leftBehind()]).toEqual([[], []]);
});

(ENGINE ? test : test.skip)('S2-35 a container that the engine cannot start is shown with its words', async () => {
  using repository = stack('true');
  const compose = `services: { web: { image: ${IMAGE}, command: ['/none'], ports: ['127.0.0.1:\${WEB_PORT}:80'] } }\n`;
  repository.write('e2e/compose.yml', compose);

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure }).toMatchObject({ code: 3, failure: { code: 'STACK_UP_FAILED' } });
  expect(report.failure!.message).toMatch(/compose up [^;]*; its output ends with\n[^]*\/none/);
  expect([projectOf(report.run.name), repository.leftBehind()]).toEqual([[], []]);
});

(ENGINE ? test : test.skip)('S2-35 a service without an image is named, beside one that runs', async () => {
  using repository = stack('true');
  const web = `{ image: ${IMAGE}, command: ['/bin/busybox', 'sleep', '300'], ports: ['127.0.0.1:\${WEB_PORT}:80'] }`;
  repository.write('e2e/compose.yml', `services: { web: ${web}, none: { image: 'localhost/sandbox-test-none' } }\n`);

  const { code, report } = await repository.run();

  expect({ code, failure: report.failure }).toMatchObject({ code: 3, failure: { code: 'STACK_UP_FAILED' } });
  expect(report.failure!.message).toMatch(
    /compose up (?:did not start none|ended with exit code \d+); .*\n[^]*test-none/,
  );
  expect([projectOf(report.run.name), repository.leftBehind()]).toEqual([[], []]);
});

(ENGINE ? test : test.skip)('S2-35 a run that is killed is swept with its containers', async () => {
  using repository = stack('echo hello >/www/index.html; exec /bin/busybox httpd -f -p 80 -h /www');
  repository.write('e2e/e2e.yml', manifest('pwd; exec sleep 300'));
  const runner = repository.spawn(['run', repository.root]);
  const { value: directory } = await createInterface({ input: runner.stdout })[Symbol.asyncIterator]().next();
  const name = basename(dirname(directory as string));
  runner.kill('SIGKILL');
  await waitForExit(runner);
  const present = projectOf(name).length;

  const swept = await repository.cli(['sweep']);

  expect(present).toBeGreaterThan(0);
  expect(swept).toMatchObject({ code: 0, stdout: expect.stringContaining(`project ${name}`) as string });
  expect([projectOf(name), repository.leftBehind()]).toEqual([[], []]);
});

(ENGINE ? test : test.skip)('S2-35 a kept project is removed by down', async () => {
  using repository = stack('echo hello >/www/index.html; exec /bin/busybox httpd -f -p 80 -h /www');

  const { report } = await repository.run('--keep');
  const present = projectOf(report.run.name).length;
  const down = await repository.cli(['down', report.run.id]);

  expect(report.kept).toContainEqual(expect.objectContaining({ kind: 'project', name: report.run.name }));
  expect(present).toBeGreaterThan(0);
  expect([down.code, projectOf(report.run.name), repository.leftBehind()]).toEqual([0, [], []]);
});

test('S2-36 without an engine, services that need one are named', async () => {
  using repository = stack('true');
  const programs = join(repository.root, '../programs');
  for (const engine of ['docker', 'podman']) repository.write(`../programs/${engine}`, '#!/bin/sh\nexit 1\n');
  for (const engine of ['docker', 'podman']) chmodSync(join(programs, engine), 0o755);

  const environment = { PATH: `${programs}:${process.env.PATH}`, SANDBOX_HOST: '' };
  const { code, stdout } = await repository.cli(['run', repository.root, '--json'], environment);
  const { failure } = JSON.parse(stdout) as { failure: unknown };

  expect({ code, failure }).toEqual({
    code: 3,
    failure: {
      code: 'STACK_UP_FAILED',
      message:
        'STACK_UP_FAILED: docker does not answer, podman does not answer; without an engine for containers, x-process must say how to run web',
    },
  });
  expect(repository.leftBehind()).toEqual([]);
});
