import { sql, type SqlBool } from 'kysely';
import type { WorkerLossPolicy } from '../../../contract/actions';
import type { JsonObject } from '../../../contract/json';
import { outputTaint } from '../../core/secrets/schema-taint';
import { asJson, servesExtensions, SHARED_TENANT, type Transaction } from '../database/connection';
import type { Attempt, TimeoutLevel } from '../lifecycle/attempt';
import { resolveAttemptSecrets } from './attempt-secrets';

/** What an attempt of an execution needs, without the lease. `limit`: null: none was given. */
export interface AttemptDetails extends Omit<Attempt, 'fencingToken' | 'attempt' | 'limit'> {
  readonly limit: Attempt['limit'] | null;
  /** Its tenant has a clock of its own, which decides when the limit has passed. */
  readonly hasClock: boolean;
}

/** Of these executions, in any order. */
export async function loadAttemptDetails(
  transaction: Transaction,
  executions: readonly number[],
): Promise<AttemptDetails[]> {
  const rows = (await selectAttempts(transaction, executions)).map(withPinnedAction);
  const attemptSecrets = await resolveAttemptSecrets(transaction, rows);
  return rows.map((row, index) => ({
    ...attemptSecrets[index]!,
    execution: row.id,
    tenant: row.tenant,
    root: row.root,
    actionRef: row.action_ref,
    packRef: row.pack_ref ?? row.action_ref.split('.')[0]!,
    packDirectory: row.storage,
    network: row.network ?? 'full',
    entrypoint: row.entrypoint ?? '',
    runtime: row.runtime_ref?.split('.').at(-1) ?? null,
    runtimeVersionConstraint: row.runtime_version_constraint,
    isAdhoc: row.is_adhoc ?? false,
    delivery: row.parameter_delivery ?? 'stdin',
    parameterFormat: row.parameter_format ?? 'json',
    outputFormat: row.output_format ?? 'text',
    envVars: toTexts(row.env_vars ?? {}),
    rule: row.rule_ref,
    trigger: row.trigger_ref,
    limit: smallestLimit(servesExtensions(transaction) ? row : { ...row, action_timeout: null }),
    hasClock: row.has_clock,
    secretOutput: outputTaint(row.out_schema),
  }));
}

/** By execution, the limit that was given for its attempts; absent: none was. */
export async function loadLimits(
  transaction: Transaction,
  executions: readonly number[],
): Promise<Map<number, Attempt['limit']>> {
  if (executions.length === 0) return new Map();
  const rows = (await selectAttempts(transaction, executions)).map(withPinnedAction);
  return new Map(rows.flatMap((row) => toEntry(row.id, smallestLimit(row))));
}

const toEntry = (id: number, limit: Attempt['limit'] | null): [number, Attempt['limit']][] =>
  limit === null ? [] : [[id, limit]];

/** What becomes of an execution whose program has started when its worker is lost. */
export async function loadWorkerLossPolicy(transaction: Transaction, execution: number): Promise<WorkerLossPolicy> {
  if (!servesExtensions(transaction)) return 'recover';
  const [row] = (await selectAttempts(transaction, [execution])).map(withPinnedAction);
  return row?.on_worker_loss ?? 'recover';
}

const selectAttempts = (transaction: Transaction, executions: readonly number[]) =>
  transaction
    .selectFrom('execution as e')
    .leftJoin('action as a', 'a.id', 'e.action')
    .leftJoin('pack as p', 'p.id', 'a.pack')
    .leftJoin('execution as w', (join) =>
      join.onRef('w.id', '=', 'e.parent').on('e.workflow_execution', 'is not', null),
    )
    .select(['e.tenant', 'e.action', 'a.pack', 'e.secret_values', 'e.executor', 'e.permission_set_refs'])
    .select(['e.permission_limit', 'e.authored_by_executor', 'e.connections', 'e.task_name'])
    .select(['a.saved_by', 'a.saved_with_sets'])
    .select(sql<boolean>`exists (select from tenant_clock c where c.tenant = e.tenant)`.as('has_clock'))
    .select(sql<boolean>`coalesce(a.tenant = ${SHARED_TENANT}, false)`.as('is_shared'))
    .select(
      sql<boolean>`exists (select from worker k where k.id = e.addressed_to and k.kind = 'external')`.as(
        'is_for_agent',
      ),
    )
    .leftJoin('action as wa', 'wa.id', 'w.action')
    .select(['w.action_ref as workflow_ref', 'wa.pack_ref as workflow_pack_ref'])
    .leftJoin('pinned_action as pin', (join) =>
      join
        .onRef('pin.workflow', '=', 'wa.workflow_def')
        .onRef('pin.plan_digest', '=', 'w.plan_digest')
        .onRef('pin.action_ref', '=', 'e.action_ref'),
    )
    .select(['pin.source as pinned_source', 'pin.storage as pinned_storage'])
    .select(['e.id', 'e.root', 'e.action_ref', 'e.config', 'e.env_vars', 'e.rule_ref', 'e.trigger_ref'])
    .select(['e.timeout_seconds', 'e.timeout_level', 'a.timeout_seconds as action_timeout'])
    .select(['a.pack_ref', 'a.entrypoint', 'a.runtime_ref', 'a.runtime_version_constraint', 'a.is_adhoc'])
    .select(['a.parameter_delivery', 'a.parameter_format', 'a.output_format', 'a.param_schema', 'p.storage'])
    .select(['a.out_schema', 'a.on_worker_loss', 'p.network'])
    .where(sql<SqlBool>`e.id = any(${executions}::bigint[])`)
    .execute();

interface PinnedColumns {
  /** Columns of the action's row as they were when its workflow was compiled; null: not pinned. */
  readonly pinned_source: JsonObject | null;
  readonly pinned_storage: string | null;
  readonly storage: string | null;
}

/** A task of a compiled workflow runs its action as it was then. */
const withPinnedAction = <T extends PinnedColumns>(row: T): T =>
  row.pinned_source === null
    ? row
    : { ...row, on_worker_loss: 'recover', ...row.pinned_source, storage: row.pinned_storage };

const toTexts = (values: JsonObject): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? value : asJson(value)]),
  );

interface Limits {
  readonly timeout_seconds: number | null;
  readonly timeout_level: string | null;
  readonly action_timeout: number | null;
}

function smallestLimit(row: Limits): Attempt['limit'] | null {
  const limits: { seconds: number; level: TimeoutLevel }[] = [];
  if (row.timeout_seconds) {
    limits.push({ seconds: row.timeout_seconds, level: row.timeout_level === 'request' ? 'request' : 'task' });
  }
  if (row.action_timeout) limits.push({ seconds: row.action_timeout, level: 'action' });
  return limits.sort((a, b) => a.seconds - b.seconds)[0] ?? null;
}
