import { appendFileSync } from 'node:fs';
import type { JsonObject } from '../../../contract/json';
import type { Status } from '../../../contract/status';
import { probeTtl } from '../../../helpers/target/probes/key-probes';
import { probeLog } from '../../../helpers/target/probes/log-probe';
import type { ProbeContext } from '../../../helpers/target/probes/probe-context';
import { probeExecutionNotification } from '../../../helpers/target/probes/notification-probes';
import { probeCancellation, probeContainment, probeTaskLimit } from '../../../helpers/target/probes/process-probes';
import { probeSlots } from '../../../helpers/target/probes/slot-probe';
import { probeInterval, probePlannedInstant, probeTimezone } from '../../../helpers/target/probes/timer-probes';
import { probeJoin, probeRetry } from '../../../helpers/target/probes/workflow-probes';
import { runAgainst, type FakeRoutes } from './fake-platform';
import {
  childRow,
  created,
  eventRow,
  executionRow,
  keyRow,
  list,
  one,
  rejected,
  removed,
  ruleRow,
  workflowRow,
} from './fake-rows';

const unproven = (reason: unknown) => ({ findings: { probed: { isProven: false, reason } }, failures: [] });

/** Executions of a platform: each ends as `end`, or as `cancelled` once it was cancelled. */
function executionRoutes(end: Status, result: JsonObject | null, children: object[] = []): FakeRoutes {
  let status = end;
  return {
    'POST /workflows': ({ body }) => created(workflowRow(body)),
    'POST /executions/execute': () => created(executionRow(1, 'requested')),
    'GET /executions': ({ query }) => list(...(query.get('parent') === '1' ? children : [])),
    'GET /executions/{id}': () => one(executionRow(1, status, { result })),
    'POST /executions/{id}/cancel': () => one(executionRow(1, (status = 'cancelled'))),
  };
}

/** A process that wrote to the ledger. */
const writeLedger = ({ ledger }: ProbeContext, key: string, event: string, pid: number, atUs = 0): void =>
  appendFileSync(ledger.path, `${key} ${event} 1 ${pid} ${atUs}\n`);

/** Larger than any pid of Linux. */
const NO_PID = 2 ** 22 + 1;

describe('a platform without time to live of keys', () => {
  const routes = (isKept: boolean): FakeRoutes => {
    let key: object | null = null;
    return {
      'POST /keys': ({ body }) => created((key = keyRow(body))),
      'GET /keys/{ref}': () => (key && isKept ? one(key) : rejected(404, 'NOT_FOUND')),
      'DELETE /keys/{ref}': () => removed,
    };
  };

  test('that ignores ttl_seconds is found unable after a short wait', async () => {
    const { report, requests } = await runAgainst(() => routes(true), probeTtl);
    expect(report).toMatchObject(unproven(expect.stringContaining('last saw it still exists')));
    expect(requests.at(-1)).toMatch(/^DELETE \/keys\/fake\.probe-short$/);
  });

  test('that rejects ttl_seconds is found unable with its response', async () => {
    const { report } = await runAgainst(() => ({ 'POST /keys': () => rejected(422, 'VALIDATION_ERROR') }), probeTtl);
    expect(report).toMatchObject(unproven('VALIDATION_ERROR: POST /keys returned 422: rejected'));
  });

  test('differs from one whose key expires', async () => {
    const { report } = await runAgainst(() => routes(false), probeTtl);
    expect(report.findings).toEqual({ probed: { isProven: true } });
  });
});

describe('a route of an extension', () => {
  const completed = executionRoutes('completed', null);

  test.each([404, 405, 422])('that answers %d makes its capability unproven', async (status) => {
    const routes = { ...completed, 'GET /executions/{id}/log': () => rejected(status, 'SOME_CODE') };
    const { report } = await runAgainst(() => routes, probeLog);
    expect(report).toMatchObject(unproven(`SOME_CODE: GET /executions/1/log returned ${status}: rejected`));
  });

  test('that answers something else makes its capability unproven', async () => {
    const routes = { ...completed, 'GET /executions/{id}/log': () => one({ lines: [] }) };
    const { report } = await runAgainst(() => routes, probeLog);
    expect(report).toMatchObject(unproven(expect.stringMatching(/^RESPONSE_OFF_CONTRACT/)));
  });

  test.each([
    ['without a response', null],
    ['with 503', rejected(503, 'BUSY')],
    ['with 429', rejected(429, 'BUSY')],
  ])('%s decides nothing', async (_, reply) => {
    const { report } = await runAgainst(() => ({ ...completed, 'GET /executions/{id}/log': () => reply }), probeLog);
    expect(report).toMatchObject({ findings: { probed: { isProven: false, isSlow: 'response' } }, failures: [] });
  });
});

describe('an execution of a probe', () => {
  test('that does not end is cancelled', async () => {
    const { report, requests } = await runAgainst(() => executionRoutes('running', null), probeJoin);
    expect(report).toMatchObject(unproven(expect.stringContaining('waited for execution 1 to end; last saw running')));
    expect(requests).toContain('POST /executions/1/cancel');
    expect(report.leftovers).toEqual([]);
  });

  test('that cannot be cancelled is reported', async () => {
    const stuck = { ...executionRoutes('running', null), 'POST /executions/{id}/cancel': () => rejected(404, 'GONE') };
    const { report } = await runAgainst(() => stuck, probeJoin);
    expect(report.leftovers).toEqual([
      'the probes left an object on the target: GONE: POST /executions/1/cancel returned 404: rejected',
    ]);
  });

  test('that ends otherwise explains the finding by its status and error', async () => {
    const routes = executionRoutes('failed', { exit_code: 3, error: 'no such shell\nat line 1\n' });
    const { report } = await runAgainst(() => routes, probeRetry);
    expect(report).toMatchObject(unproven('execution 1 (fake.flow) ended failed with exit code 3: no such shell'));
  });

  test('that ends before its process started explains the finding', async () => {
    const routes = executionRoutes('failed', { error: 'no worker' });
    const { report } = await runAgainst(() => routes, probeCancellation);
    expect(report).toMatchObject(unproven(expect.stringMatching(/no start; execution 1 .* ended failed: no worker$/)));
  });
});

describe('a probe whose limit passes', () => {
  test.each([
    ['may be slow while its execution runs', 'running', 'result'],
    ['is decided by the end of its execution', 'failed', undefined],
  ] as const)('%s', async (_, end, isSlow) => {
    const { report } = await runAgainst(() => executionRoutes(end, null), probeCancellation);
    const { probed } = report.findings;
    expect(probed?.isProven === false && probed.isSlow).toBe(isSlow ?? undefined);
  });
});

test('without a notifier its address is named', async () => {
  const { report } = await runAgainst(() => ({}), probeExecutionNotification);
  const reason = /^no notifier responds at ws:.*\/ws: .*; PLATFORM_WS_URL names another address$/;
  expect(report).toMatchObject(unproven(expect.stringMatching(reason)));
});

describe('limits and containment', () => {
  test('a task without containment still has its limit', async () => {
    const routes = executionRoutes('failed', null, [childRow(2, 'limited', 'failed')]);
    const { report } = await runAgainst(() => routes, probeTaskLimit);
    expect(report.findings).toEqual({ probed: { isProven: true } });
  });

  test('a task that ends by itself had no limit', async () => {
    const routes = executionRoutes('completed', null, [childRow(2, 'limited', 'completed')]);
    const { report } = await runAgainst(() => routes, probeTaskLimit);
    expect(report).toMatchObject(unproven('execution 2 ended completed after its limit of 1 s'));
  });

  test('containment is undecided if no process is visible', async () => {
    const routes = (context: () => ProbeContext): FakeRoutes => ({
      ...executionRoutes('failed', null),
      'POST /executions/execute': () => {
        writeLedger(context(), 'contained', 'beat', NO_PID);
        return created(executionRow(1, 'requested'));
      },
    });
    const { report } = await runAgainst(routes, probeContainment);
    expect(report.findings.probed).toMatchObject({ isProven: false, isUndecided: true });
  });
});

describe('a timer', () => {
  const routes = (payload: JsonObject): FakeRoutes => ({
    'POST /rules': ({ body }) => created(ruleRow(body)),
    'POST /rules/{ref}/disable': () => one(ruleRow({ ref: 'fake.r' })),
    'DELETE /rules/{ref}': () => removed,
    'GET /events': () => list(eventRow(payload)),
    'GET /events/{id}': () => one(eventRow(payload)),
  });
  const changes = (requests: readonly string[]) => requests.filter((line) => !line.startsWith('GET'));

  test('of the probe is disabled before its removal, and no other', async () => {
    const { requests } = await runAgainst(() => routes({}), probeInterval);
    expect(changes(requests)).toEqual([
      'POST /rules',
      'POST /rules/fake.probe-interval/disable',
      'DELETE /rules/fake.probe-interval',
    ]);
  });

  test.each([
    ['2026-01-27T10:00:01Z', true],
    ['2026-01-27T10:00:01.000000Z', true],
    ['2026-01-27T10:00:01.003644002Z', false],
    [null, false],
  ])('has its planned instant: %s is %s', async (scheduled_at, isProven) => {
    const { report } = await runAgainst(() => routes({ scheduled_at }), probePlannedInstant);
    expect(report.findings.probed).toMatchObject({ isProven });
  });

  test('without a preview leaves its time zone undecided', async () => {
    const { report } = await runAgainst(() => routes({}), probeTimezone);
    expect(report.findings.probed).toMatchObject({ isProven: false, isUndecided: true });
  });
});

test('the number of slots is what ran before the first process gave up', async () => {
  const routes = (context: () => ProbeContext): FakeRoutes => ({
    ...executionRoutes('failed', { exit_code: 75 }),
    'POST /executions/execute': () => {
      const events = context().ledger.count('slots') === 0 ? ['start', 'start', 'end', 'start'] : [];
      events.forEach((event, n) => writeLedger(context(), 'slots', event, 1, n));
      return created(executionRow(1, 'requested'));
    },
  });
  const { report } = await runAgainst(routes, probeSlots);
  expect(report).toMatchObject(
    unproven(expect.stringMatching(/^2 of 3 processes ran at the same time: execution 1 .* exit code 75$/)),
  );
});
