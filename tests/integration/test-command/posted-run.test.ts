import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { dirSync, type DirResult } from 'tmp';
import { repositoryRoot } from '../../../helpers/repository-root';
import { factsOf } from '../../unit/helpers/run/local-run-facts';
import { FakeHub } from '../sandbox/fake-hub';
import { createSmallProject, type SmallProject } from './small-project';

const ROOT = repositoryRoot();

let records: DirResult;
let hub: FakeHub;
let project: SmallProject;
beforeEach(async () => {
  records = dirSync({ unsafeCleanup: true });
  hub = await FakeHub.start();
  project = createSmallProject({ 'one.test.js': "test('passes', () => {});" }, variables());
});
afterEach(async () => {
  project.remove();
  await hub.stop();
  records.removeCallback();
});

const variables = () => ({ HUB_URL: hub.url, E2E_TARGET: JSON.stringify(factsOf(records.name)) });

test('a run of the scenarios is posted at its end', async () => {
  const { code, stderr } = await project.jest();

  expect(hub.reports).toMatchObject([{ schema: 'suite-report/1', run: { run: '7q2x', exit: code, claims: [] } }]);
  expect(stderr).toContain(`Hub:         posted run 7q2x to ${hub.url}\n`);
});

test('a hub that rejects the run, or is not reached, is a line', async () => {
  hub.status = 422;
  const rejected = await project.jest();
  await hub.stop();
  const unreached = await project.jest();
  await hub.start();
  hub.status = 201;
  const posted = await project.jest();

  expect([rejected.code, unreached.code]).toEqual([posted.code, posted.code]);
  expect(rejected.stderr).toMatch(/^Hub: {9}tuningfork: HUB_REJECTED: 422 answer of POST /m);
  expect(unreached.stderr).toMatch(/^Hub: {9}tuningfork: HUB_UNREACHABLE: /m);
});

test('a part of a run and a series of runs are not posted', async () => {
  await project.jest('-t', 'passes');
  await project.command('burn-in', 'one', '--times', '1');
  await project.command('test', '--until-failure', '1');
  const ofPartsAndSeries = hub.posts;
  await project.command('test');

  expect([ofPartsAndSeries, hub.posts]).toEqual([0, 1]);
});

test('the runs of a watch are not posted', async () => {
  const env = { PATH: process.env.PATH, E2E_RESULTS: join(records.name, 'results'), ...variables() };
  const args = [join(ROOT, 'bin/tuningfork.js'), 'test', '--config', project.config, '--watch'];
  const watch = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'ignore', 'pipe'] });
  const lines: string[] = [];
  for await (const line of createInterface({ input: watch.stderr })) {
    lines.push(line);
    if (line.includes('waiting for changes')) watch.kill('SIGINT');
  }

  expect(lines).toContainEqual(expect.stringMatching(/^Report: /));
  expect(hub.posts).toBe(0);
});
