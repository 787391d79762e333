import { ApiError } from '../../../helpers/errors';
import type { Finding } from '../../../helpers/target/finding';
import type { Probe } from '../../../helpers/target/probes/probe-context';
import { runAll, type ProbeReport } from '../../../helpers/target/probes/run-probes';
import { runAgainAlone, slowOf } from '../../../helpers/target/probes/slow-probes';
import { SlowError, UnprovenError } from '../../../helpers/target/probes/unproven-error';
import { runAgainst, type FakeRoutes } from './fake-platform';
import { created, executionRow, one, removed } from './fake-rows';

const LATE = 'the timer did not fire';
const slow = (): Finding => ({ isProven: false, reason: LATE, isSlow: 'result' });

/** A platform that runs a trivial action, or answers 503. */
const routes = (isRunning: boolean): FakeRoutes => ({
  'POST /packs': ({ body }) => created({ ...PACK, ref: body.ref }),
  'DELETE /packs/{ref}': () => removed,
  'POST /executions/execute': () =>
    isRunning ? created(executionRow(1, 'requested')) : { status: 503, body: { error: 'busy', code: 'BUSY' } },
  'GET /executions/{id}': () => one(executionRow(1, 'completed')),
});
const PACK = {
  id: 1,
  label: 'p',
  description: null,
  version: '1.0.0',
  conf_schema: {},
  config: {},
  meta: {},
  tags: [],
  runtime_deps: [],
  dependencies: [],
  is_standard: false,
  created: '2026-01-01T00:00:00Z',
  updated: '2026-01-01T00:00:00Z',
};

const waits: [name: string, ms: number][] = [];

/** Findings of probes that were all slow, after they ran again. */
async function decided(probes: Record<string, Probe>, isRunning = true): Promise<Record<string, Finding>> {
  const findings = Object.fromEntries(Object.keys(probes).map((name) => [name, slow()]));
  const measured = { runMs: 0, responseMs: 0, clockOffsetMs: 0 };
  waits.length = 0;
  const { report } = await runAgainst(
    () => routes(isRunning),
    async (target) => {
      const packs = { pack: target.pack, actions: target.actions };
      await runAgainAlone(
        { target, packs, measured },
        Object.entries(probes),
        findings,
        async (opened, name, probe) => {
          waits.push([name, opened.context.deadline(1_000) - performance.now()]);
          const own: ProbeReport = { findings: {}, failures: [], leftovers: [] };
          await runAll(opened, [[name, probe]], own);
          return own.findings[name];
        },
      );
    },
  );
  expect(report.findings).toEqual({ probed: { isProven: true } });
  return findings;
}

const SILENCE = { method: 'GET', path: '/keys', status: 0, code: 'ETIMEDOUT', message: 'no response', body: null };
const late: Probe = () => Promise.reject(new SlowError(LATE));

test('what a target does not do alone is a lack, unless it does not respond', async () => {
  const findings = await decided({
    there: () => Promise.resolve(),
    absent: () => Promise.reject(new UnprovenError('404')),
    late,
    silent: () => Promise.reject(new ApiError(SILENCE)),
  });
  expect(findings).toEqual({
    there: { isProven: true },
    absent: { isProven: false, reason: '404' },
    late: { isProven: false, reason: expect.stringMatching(/^the timer did not fire; it had \d+ s alone$/) },
    silent: { isProven: false, isSlow: 'response', reason: expect.stringMatching(/^undecided after \d+ s alone: /) },
  });
  expect(waits.map(([name]) => name)).toEqual(['core', 'there', 'absent', 'late', 'silent']);
  expect(Math.min(...waits.map(([, ms]) => ms))).toBeGreaterThan(2_000);
});

test('a target that runs nothing any more is the one reason', async () => {
  const findings = await decided({ one: late, other: late }, false);
  expect(waits.map(([name]) => name)).toEqual(['core']);
  expect(findings.one).toEqual(findings.other);
  expect(findings.one).toMatchObject({ reason: expect.stringContaining('BUSY: POST /executions/execute') });
});

test('only slow findings run again', () => {
  const findings = { a: slow(), b: { isProven: true }, c: { isProven: false, reason: '404' } } as const;
  expect(slowOf(findings, ['a', 'b', 'c', 'd'])).toEqual(['a']);
});
