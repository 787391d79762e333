import { sized } from '../../../helpers/sized';
import type { Fault } from '../../../tools/detection/fault';
import { sampleCases } from './crash/cases';
import { startCrashBench } from './crash/crash-bench';
import { runCase } from './crash/run-case';

/** A mistake in the platform that only a crash shows. */
interface Mistake extends Pick<Fault, 'file' | 'within' | 'find' | 'replace'> {
  readonly name: string;
  /** Description of the case. */
  readonly case: string;
  /** What the case finds. */
  readonly anomaly: RegExp;
}

const DECISION_IN_TWO_TRANSACTIONS = `async ({ tenant, ...row }) => {
  await db.inTenant(tenant, (transaction) => removePendingRule(transaction, row));
  await db.inTenant(tenant, async (transaction) => {
    const event = await transaction.selectFrom('event').selectAll().where('id', '=', row.event).executeTakeFirstOrThrow();
    const [rule] = await listRulesToEvaluate(transaction, event.trigger_ref, row.rule);
    if (rule) await evaluateRule(transaction, tenant, event, event.payload, rule);
  });
}`;

const MISTAKES: readonly Mistake[] = [
  {
    name: 'an event of a timer that is removed before it is decided',
    file: 'executor/events/evaluate-pending-rules.ts',
    within: 'evaluatePendingRules',
    find: '({ tenant, ...row }) => db.inTenant(tenant, (transaction) => evaluatePendingRule(transaction, tenant, row))',
    replace: DECISION_IN_TWO_TRANSACTIONS,
    case: 'after executor/events/evaluate-pending-rules:evaluatePendingRules#2 1, platform, timer',
    anomaly: /^occurrence \d+ of the timer caused \{"enforcements":0,"executions":0\}$/,
  },
  {
    name: 'a repeated request that is executed again',
    file: 'store/executions/idempotent-requests.ts',
    within: 'runOnce',
    find: 'if (!inserted) return storedResponse<T>(transaction, identity, nameHash, bodyHash);',
    replace: 'if (!inserted) return work();',
    case: 'after api/executions/execute:POST /api/v1/executions/execute 1, connection, sequence',
    anomaly: /^fault was accepted and caused the executions \[\d+, \d+\]$/,
  },
  {
    name: 'a repeated webhook that is received again',
    file: 'store/events/webhook-deliveries.ts',
    within: 'findEarlierDelivery',
    find: 'return rows[0] ?? null;',
    replace: 'return null;',
    case: 'after api/events/webhooks:receive#2 1, connection, webhook',
    anomaly: /^fault was accepted and caused the executions \[\d+, \d+\]$/,
  },
];
jest.setTimeout(300_000);

test.each(MISTAKES.slice(0, sized({ ci: 1, full: MISTAKES.length })))(
  'DU-02 the crash matrix finds $name',
  async ({ name, case: part, anomaly, ...change }) => {
    const fault: Fault = { id: name, promise: '', claims: [], ...change };
    const cases = sampleCases(1, Infinity, part);
    await using bench = await startCrashBench([fault]);

    const anomalies = await runCase(bench, cases[0]!, 'fault');

    expect(cases).toHaveLength(1);
    expect(anomalies).toContainEqual(expect.stringMatching(anomaly));
  },
);
