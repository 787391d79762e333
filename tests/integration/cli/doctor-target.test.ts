import type { TargetReport } from '../../../cli/doctor/target-report';
import { createClient, logIn } from '../../../helpers/client/client';
import type { RunningPlatform } from '../../../contract/platform-file';
import { ALL_PROBES_MS, outputOf, spawnCli, waitForExit, waitForReady, type CliProcess } from '../embedded/cli-process';

let up: CliProcess;
let platform: RunningPlatform;
let report: TargetReport & { ok: boolean; counts: Record<string, number> };
let exitCode: number | null;

/** The probe of the limit starts as many executions as it allows, one after the other. */
const SHORT_CHAINS = { PLATFORM_CAUSATION_DEPTH: '8' };

beforeAll(async () => {
  up = spawnCli(['up', '--port', '0', '--json', '--exit-with-stdin'], SHORT_CHAINS);
  platform = await waitForReady(up);
  const { url, notifier_url, login, password } = platform;
  const env = { PLATFORM_WS_URL: notifier_url, TEST_USER_LOGIN: login, TEST_USER_PASSWORD: password! };
  const { code, stdout, stderr } = await outputOf(spawnCli(['doctor', '--target', url, '--json'], env));
  if (stdout === '') throw new Error(stderr);
  exitCode = code;
  report = JSON.parse(stdout) as typeof report;
}, ALL_PROBES_MS);

afterAll(async () => {
  up.stdin.end();
  await waitForExit(up);
});

const outcomeOf = (id: string) => {
  const { outcome, reasons } = report.claims.find((claim) => claim.id === id)!;
  return { outcome, reasons };
};

test('the exit code is that of a run, for which the target file differs', () => {
  expect([exitCode, report.ok, report.contradictions]).toEqual([5, false, []]);
  expect(report.claims.filter(({ difference }) => difference !== null)).not.toEqual([]);
  expect(report.fittingFile?.name).toBe('up');
  expect(report).toMatchObject({ url: platform.url, targetFile: 'targets/attached.json' });
});

test('a claim without a missing capability can be proven', () => {
  expect(outcomeOf('T1.4a')).toEqual({ outcome: 'can be proven', reasons: [] });
});

test('a claim is not proven by the observation of a probe', () => {
  const { outcome, reasons } = outcomeOf('T2.3e');
  expect(outcome).toBe('not proven');
  expect(reasons[0]).toMatch(/^sql: .*DATABASE_URL/);
});

test('every claim is counted', () => {
  const { counts, claims } = report;
  expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(claims.length);
});

test('nothing of the probes is left', async () => {
  const { token } = await logIn({ baseUrl: platform.url }, platform.login, platform.password!);
  const packs = await createClient({ baseUrl: platform.url, token }).packs.list();
  expect(packs.map(({ ref }) => ref)).toEqual(['core']);
});
