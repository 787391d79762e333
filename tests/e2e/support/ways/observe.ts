import type { Execution } from '../../../../contract/executions';
import { isObject } from '../../../../contract/json';
import { isTerminal, type Status } from '../../../../contract/status';
import { logToEnd } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import {
  notificationsToArrive,
  openNotifierSocket,
  type Notification,
} from '../../../../helpers/scenario/resources/notifications';
import type { TimeContext } from '../../../../helpers/scenario/claim';
import { nameExecutions, subjectsOf, type Known, type Subject } from './known';
import { printedBy } from './witness';
import { executeInAllWays, type Executed } from './start-ways';

/** All records of the tenant of the file, in which nothing else runs. Rows: oldest first. */
async function readRecords({ client, deadline }: TimeContext) {
  const summaries = (await client.executions.list({})).sort((a, b) => a.id - b.id);
  const rows = await Promise.all(summaries.map(({ id }) => client.executions.get(id)));
  const roots = rows.filter(({ parent }) => parent === null);
  const log = (await Promise.all(roots.map(({ id }) => until(logToEnd(client, id), deadline)))).flat();
  const history = (await client.history.list('execution')).reverse();
  return { summaries, rows, log, history };
}

type Records = Awaited<ReturnType<typeof readRecords>>;

/** What the expected values follow from: ids, and who ran what. */
async function knownFrom({ client }: TimeContext, executed: Executed, { rows, log }: Records): Promise<Known> {
  const names = nameExecutions(rows);
  const enforcements = await client.enforcements.list({});
  const runs = rows.flatMap(({ parent, workflow_task: of }) =>
    parent === null || of === undefined ? [] : [[names.get(parent)!, of.workflow_execution] as const],
  );
  const invoked = log.filter(({ type }) => type === 'AGENT_INVOKED');
  const request = printedBy(rows.find(({ id }) => names.get(id) === 'request')!)!;
  return {
    ...executed,
    host: request.variables,
    tenant: request.claims!.tenant as number,
    refs: new Map(rows.map(({ id, action_ref }) => [names.get(id)!, action_ref])),
    ids: new Map([...names].map(([id, name]) => [name, id])),
    enforcements: new Map(enforcements.map(({ event, id }) => [event, id])),
    identities: { user: executed.user.id, admin: executed.admin },
    workers: new Map(invoked.map(({ execution, worker }) => [execution, worker])),
    runs: new Map(runs.reverse()),
  };
}

/** A result without what its process printed, and the time that it ran on its host. */
export function withoutOutput({ result, ...row }: Execution): Record<string, unknown> {
  const entries = Object.entries(isObject(result) ? result : {});
  return {
    ...row,
    result: Object.fromEntries(entries.filter(([name]) => name !== 'stdout' && name !== 'duration_ms')),
  };
}

const isOfExecution = ({ notification_type: type }: Notification): boolean =>
  type === 'execution_created' || type === 'execution_status_changed';

const isEnd = ({ notification_type: type, payload }: Notification): boolean =>
  type === 'execution_status_changed' && isTerminal(payload.status as Status);

/**
 * The records of one run in all ways, and what is expected of them, by the names of the
 * executions.
 */
async function observeOnce(ctx: TimeContext) {
  const socket = await openNotifierSocket(ctx, ['entity_type:execution']);
  const executed = await executeInAllWays(ctx);
  const records = await readRecords(ctx);
  const ends = records.rows.filter(({ started_at }) => started_at !== undefined).length;
  await until(notificationsToArrive(ends, 'ends of executions', socket, isEnd), ctx.deadline);
  const names = nameExecutions(records.rows);
  const subjects = subjectsOf(await knownFrom(ctx, executed, records));
  const byName = <T>(rows: readonly T[], idOf: (row: T) => number): Record<string, T[]> => {
    const lists: Record<string, T[]> = {};
    for (const row of rows) (lists[names.get(idOf(row)) ?? 'unknown'] ??= []).push(row);
    return lists;
  };
  return {
    records: { ...records, notifications: socket.notifications.filter(isOfExecution) },
    byName,
    /** What is expected of each way. */
    expected: <T>(read: (subject: Subject) => T): Record<string, T> =>
      Object.fromEntries(subjects.map((subject) => [subject.name, read(subject)])),
  };
}

let observed: ReturnType<typeof observeOnce> | undefined;

/** The claims of a file compare the records of one run, which the first of them starts. */
export const observeAllWays = (ctx: TimeContext) => (observed ??= observeOnce(ctx));
