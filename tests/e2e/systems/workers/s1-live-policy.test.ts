// Spec: a test that is not proven is named and counted, and never makes a run green unseen.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../../../helpers/scenario/context';
import { loginOf, startOther } from '../../support/commands/second-platform';
import { runSuite, type EndedRun } from '../../support/commands/suite-run';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('host.processes');

const LIMIT_SECONDS = 150;
/** The declared reasons of T1.3e and T1.3f. */
const ZONES = 'timers.timezone: cron timers run in UTC';
const PREVIEW = 'timers.preview: a rule does not show its next fire';

/** Variables for a run on a platform that has neither zones nor previews of timers. */
async function plainTarget(ctx: Context): Promise<Record<string, string>> {
  const plain = await startOther(ctx, { PLATFORM_EXTENSIONS: 'off', PLATFORM_SELF_REGISTRATION: 'on' });
  return { PLATFORM_URL: plain.url, E2E_TARGET_NAME: 'attune', ...loginOf(plain) };
}

function temporaryDirectory(ctx: Context): string {
  const directory = mkdtempSync(join(tmpdir(), 'live-policy-'));
  ctx.defer(() => rmSync(directory, { recursive: true }));
  return directory;
}

const linesWith = (output: string, word: string): string[] => output.split('\n').filter((line) => line.includes(word));

/** Without the missing capabilities: they depend on what the probes found. */
const withoutNeeds = (line: string): string => line.trim().replace(/ \(.*?\)/, '');

test('S1-38 every test that is not proven has a line, a count and a reason', LIMIT_SECONDS, async (ctx) => {
  const junit = join(temporaryDirectory(ctx), 'reports/junit.xml');
  const files = ['tests/e2e/tier1/t1-03', 'tests/e2e/tier1/t1-08', '-t', '^T1\\.(3e|3f|8g) '];

  const { code, output } = await runSuite(ctx, files, { ...(await plainTarget(ctx)), E2E_JUNIT: junit });

  expect(code).toBe(0);
  expect(linesWith(output, 'NOT PROVEN').map(withoutNeeds).sort()).toEqual([
    `NOT PROVEN T1.3e: ${ZONES}`,
    `NOT PROVEN T1.3f: ${PREVIEW}`,
  ]);
  expect(output).toContain('Recorded:    proved 1 of 3: passed 1, failed 0, environment 0, known red 0, not proven 2,');
  const document = readFileSync(junit, 'utf8');
  expect(linesWith(document, '<testsuites')).toEqual([expect.stringContaining('tests="3" failures="0" errors="0"')]);
  expect(linesWith(document, '<skipped').map(withoutNeeds)).toEqual([
    `<skipped message="not proven: ${ZONES}"/>`,
    `<skipped message="not proven: ${PREVIEW}"/>`,
  ]);
});

test('S1-39 a run that proves none of its tests is exit 5, with the count', LIMIT_SECONDS, async (ctx) => {
  const variables = await plainTarget(ctx);
  const gated = ['tests/e2e/tier1/t1-03', '-t', '^T1\\.3f '];

  const [declared, live] = await Promise.all([
    runSuite(ctx, gated, variables),
    runSuite(ctx, gated, { ...variables, REQUIRE_LIVE: '1' }),
  ]);

  expect([declared.code, live.code]).toEqual([5, 5]);
  expect(linesWith(declared.output, 'proved 0 of 1')).toHaveLength(1);
  expect(linesWith(live.output, 'proved 0 of 1')).toHaveLength(1);
  const reason = 'T1.3f is not proven: the target lacks timers.preview';
  expect([declared, live].map(({ output }) => linesWith(output, reason).length)).toEqual([0, 1]);
});

test('S1-40 lifecycle tests are skipped by name, in smoke mode not selected', LIMIT_SECONDS, async (ctx) => {
  const other = await startOther(ctx);
  const files = ['tests/e2e/systems/workers/s1-worker-lifecycle', 'tests/e2e/tier1/t1-08'];
  const selection = [...files, '-t', '^(S1-29 a paused external|T1\\.8g) '];
  const run = (variables: Record<string, string>) =>
    runSuite(ctx, selection, { PLATFORM_URL: other.url, ...loginOf(other), ...variables });

  const OFF = { E2E_LIFECYCLE: 'off' };
  const LIVE = { ...OFF, REQUIRE_LIVE: '1' };
  const variables = [OFF, LIVE, { ...LIVE, E2E_MODE: 'smoke' }, { E2E_MODE: 'quick' }];
  const ended = await Promise.all(variables.map(run));
  const [off, live, smoke, wrong] = ended as [EndedRun, EndedRun, EndedRun, EndedRun];

  expect(ended.map(({ code }) => code)).toEqual([0, 5, 0, 2]);
  const skipped = 'NOT PROVEN s1_worker_lifecycle/S1-29 (lifecycle): E2E_LIFECYCLE=off';
  expect([off, live, smoke].map(({ output }) => linesWith(output, 'NOT PROVEN'))).toEqual([[skipped], [skipped], []]);
  expect(live.output).toContain('s1_worker_lifecycle/S1-29 is not proven: the target lacks lifecycle');
  expect(smoke.output).toContain('proved 1 of 1: passed 1');
  expect(linesWith(smoke.output, 'Not selected:')).toEqual([
    'Not selected: 1 tests of the lifecycle of workers (E2E_MODE=smoke): s1_worker_lifecycle/S1-29',
  ]);
  expect(wrong.output).toContain('tuningfork: E2E_MODE=quick is not accepted: use full or smoke');
});
