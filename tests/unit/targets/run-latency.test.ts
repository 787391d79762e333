import type { Status } from '../../../contract/status';
import { measureRuns, type RunMeasurement } from '../../../helpers/target/probes/run-latency';
import { runAgainst, type FakeRoutes } from './fake-platform';
import { created, executionRow, list, one, workflowRow } from './fake-rows';

const LATENCY_MS = 250;

/** Each execution takes 250 ms by a clock that is `offsetMs` ahead; its action decides the end. */
function routesWithEnds(ends: Readonly<Record<string, Status>>, offsetMs = 0): FakeRoutes {
  let action = '';
  let createdMs = 0;
  const execution = (status: Status) =>
    executionRow(1, status, {
      action_ref: action,
      created: new Date(createdMs).toISOString(),
      started_at: new Date(createdMs).toISOString(),
      finished_at: new Date(createdMs + LATENCY_MS).toISOString(),
    });
  return {
    'POST /workflows': ({ body }) => created(workflowRow(body)),
    'POST /executions/execute': ({ body }) => {
      [action, createdMs] = [body.action_ref as string, Date.now() + offsetMs];
      return created(execution('requested'));
    },
    'GET /executions/{id}': () => one(execution(ends[action] ?? 'failed')),
    'GET /executions': () => list(),
  };
}

async function measure(routes: FakeRoutes) {
  let measured: RunMeasurement | undefined;
  const { report, requests } = await runAgainst(
    () => routes,
    async (context) => void (measured = await measureRuns(context)),
  );
  return { measured, failures: report.failures, runs: requests.filter((line) => line.endsWith('/execute')).length };
}

test('three runs give the latency and the offset of the clock', async () => {
  const { measured, runs } = await measure(routesWithEnds({ 'fake.echo-params': 'completed' }, 60_000));
  expect([measured?.runMs, runs]).toEqual([LATENCY_MS, 3]);
  expect(Math.abs(measured!.clockOffsetMs - 60_000)).toBeLessThan(1_000);
});

test('without a ledger an action without one is measured', async () => {
  const { measured, runs } = await measure(routesWithEnds({ 'core.noop': 'completed' }));
  expect([measured?.runMs, runs]).toEqual([LATENCY_MS, 4]);
});

test('a target on which no action completes cannot be measured', async () => {
  const { failures } = await measure(routesWithEnds({}));
  expect(failures).toEqual([expect.stringContaining('the target runs no trivial action: execution 1 (core.noop)')]);
});
