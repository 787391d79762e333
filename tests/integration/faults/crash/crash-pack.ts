import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../../../contract/json';
import type { FaultPlatform } from '../fault-platform';
import type { LedgerLine } from '../history/operations';
import { PACK, parseLedger, recordLine } from '../recording-action';

/** What the histories run: actions, workflows, a webhook and a timer. */
export interface CrashPack {
  readonly record: string;
  readonly sequence: string;
  /** Many tasks without a process, and a process from time to time. */
  readonly chain: string;
  readonly inquiry: string;
  readonly expiring: string;
  readonly inquiring: string;
  /** An action of a worker that claims nothing. */
  readonly unclaimed: string;
  /** A work queue whose items a process completes. */
  readonly queue: string;
  readonly webhookKey: string;
  readonly trigger: string;
  /** An external worker: its id, and the token of its agent. */
  readonly agent: { readonly id: number; readonly token: string };
  /** What the processes of the actions have recorded so far, in order. */
  ledger(): LedgerLine[];
}

/** What a history runs on. */
export interface HistoryContext {
  readonly platform: FaultPlatform;
  readonly pack: CrashPack;
  /** Of the execution that the history causes. */
  readonly name: string;
}

const PARAMETERS = { name: { type: 'string' }, padding: { type: 'string' } };

/** A worker that is there and claims nothing; only an action that names it is assigned to it. */
const IDLE_WORKER = 'idle';
const INSERT_IDLE_WORKER = `
  insert into worker (name, runtimes, slots, meta, capabilities, labels, taints, status, last_heartbeat)
  select $1::text, runtimes, slots, '{}', '{}', jsonb_build_object('worker', $1::text), jsonb_build_array(
    jsonb_build_object('key', $1::text, 'effect', 'no_schedule')), 'active', platform_now() + interval '1 day'
  from worker where status = 'active' limit 1`;

/**
 * Processes record their attempt when they start and end, and print it. With `fail=first` the
 * first execution of a name fails, at each of its attempts.
 */
const recordingProgram = (ledger: string, directory: string): string =>
  [
    recordLine(ledger, 'start'),
    'sleep "${seconds:-0.1}"',
    `first="${directory}/first-$name"`,
    '[ -e "$first" ] || echo "$ATTUNE_EXEC_ID" > "$first"',
    recordLine(ledger, 'end'),
    'if [ "$fail" = first ] && [ "$(cat "$first")" = "$ATTUNE_EXEC_ID" ]; then exit 1; fi',
    'echo "{\\"attempt\\": $PLATFORM_ATTEMPT}"',
  ].join('\n');

/** A program that creates an inquiry, and ends when the response has arrived. */
const inquiringProgram = (ledger: string): string =>
  [
    recordLine(ledger, 'start'),
    recordLine(ledger, 'end'),
    `echo '{"__inquiry": {"prompt": "Go on?"}, "attempt": '"$PLATFORM_ATTEMPT"'}'`,
  ].join('\n');

/** A program that completes the item of a work queue that it is given. */
const acknowledgingProgram = (ledger: string): string =>
  [
    recordLine(ledger, 'start'),
    recordLine(ledger, 'end'),
    `echo '{"attempt": '"$PLATFORM_ATTEMPT"', "queue_ack": {"version": 1, "items": [{"id": '"$id"', "status": "completed"}]}}'`,
  ].join('\n');

export async function createCrashPack(platform: FaultPlatform): Promise<CrashPack> {
  const file = join(platform.sharedDirectory, 'attempts.ledger');
  writeFileSync(file, '');
  chmodSync(file, 0o666); // confined actions run as another user
  chmodSync(platform.sharedDirectory, 0o777);
  const client = platform.client();
  await client.packs.create({ ref: PACK, label: 'Faults', version: '1.0.0' });
  const action = async (name: string, entrypoint: string, more: object = {}): Promise<string> => {
    const ref = `${PACK}.${name}`;
    await client.actions.create({ ref, pack_ref: PACK, label: name, runtime_ref: 'core.shell', entrypoint, ...more });
    return ref;
  };
  const record = await action('record', recordingProgram(file, platform.sharedDirectory));
  const inquiring = await action('inquiring', inquiringProgram(file));
  const acknowledging = await action('acknowledging', acknowledgingProgram(file));
  await platform.owner.query(`update action set output_format = 'json' where ref = any($1)`, [
    [inquiring, acknowledging], // else a file's
  ]);
  const unclaimed = await action('unclaimed', ':', {
    worker_selector: { worker: IDLE_WORKER },
    worker_tolerations: [{ key: IDLE_WORKER, operator: 'exists' }],
  });
  await platform.owner.query(INSERT_IDLE_WORKER, [IDLE_WORKER]);
  const workflow = async (name: string, tasks: JsonObject[]): Promise<string> => {
    const parts = { ref: `${PACK}.${name}`, pack_ref: PACK, label: name, version: '1.0.0', param_schema: PARAMETERS };
    await client.workflows.create({ ...parts, definition: { version: '1.0.0', tasks } });
    return parts.ref;
  };
  const sequence = await workflow('sequence', sequenceTasks(record));
  const chain = await workflow('chain', chainTasks(record));
  const inquiry = await workflow('inquiry', inquiryTasks(record));
  const expiring = await workflow('expiring', expiringTasks(record));
  const refs = { record, inquiring, unclaimed, sequence, chain, inquiry, expiring, trigger: `${PACK}.hook` };
  const queue = await createQueue(platform, acknowledging);
  const webhookKey = await createWebhook(platform, refs);
  await createTimer(platform, refs);
  const { id, token } = await client.tenantWorkers.createExternal({ lease_seconds: 1 });
  return { ...refs, queue, webhookKey, agent: { id, token }, ledger: () => parseLedger(readFileSync(file, 'utf8')) };
}

const NAMED = { name: '{{ parameters.name }}' };

/** A process, a task that is retried after a delay, items, a sleep, and a process. */
const sequenceTasks = (action: string): JsonObject[] => [
  { name: 'first', action, input: NAMED, on_success: 'again' },
  {
    name: 'again',
    action,
    input: { name: '{{ parameters.name }}-again', fail: 'first' },
    retry: { count: 2, delay: 0.2 },
    on_success: 'items',
  },
  { name: 'items', action, input: NAMED, with_items: [1, 2], concurrency: 2, on_success: 'sleep' },
  { name: 'sleep', action: 'core.sleep', input: { seconds: 0.2 }, on_success: 'last' },
  { name: 'last', action, input: NAMED },
];

const CHAIN_LENGTH = 60;
const PROCESS_EVERY = 20;

const chainTasks = (action: string): JsonObject[] =>
  Array.from({ length: CHAIN_LENGTH }, (_, n) => ({
    ...(n % PROCESS_EVERY === 1 ? { name: `t${n}`, action, input: NAMED } : { name: `t${n}`, action: 'core.noop' }),
    ...(n + 1 < CHAIN_LENGTH && { on_success: `t${n + 1}` }),
  }));

const inquiryTasks = (action: string): JsonObject[] => [
  { name: 'ask', action: 'core.ask', input: { prompt: '{{ parameters.name }}' }, on_success: 'last' },
  { name: 'last', action, input: NAMED },
];

const expiringTasks = (action: string): JsonObject[] => [
  { name: 'ask', action: 'core.ask', input: { prompt: 'No response', timeout_seconds: 0.5 }, next: [{ do: ['last'] }] },
  { name: 'last', action, input: NAMED },
];

/** Of the executions, one runs for each item; a lost one is repeated as often as it takes. */
async function createQueue(platform: FaultPlatform, action: string): Promise<string> {
  const { ref } = await platform.client().queues.create({
    ref: `${PACK}-queue`,
    label: 'Queue',
    dispatch_action_ref: action,
    action_params: { name: '{{ item.name }}', id: '{{ queue_item.id }}' },
  });
  return ref;
}

type Refs = Pick<CrashPack, 'trigger' | 'sequence' | 'record'>;

/** A webhook whose events start the action. Returns its key. */
async function createWebhook(platform: FaultPlatform, { trigger, record }: Refs): Promise<string> {
  const client = platform.client();
  await client.triggers.create({ ref: trigger, pack_ref: PACK, label: 'Hook' });
  const { webhook_key: key } = await client.triggers.enableWebhook(trigger);
  await client.rules.create({
    ref: `${PACK}.hook_rule`,
    pack_ref: PACK,
    label: 'Hook',
    trigger_ref: trigger,
    action_ref: record,
    action_params: { name: '{{ event.payload.name }}' },
  });
  return key!;
}

export const TIMER_RULE = `${PACK}.tick`;

/** A timer that starts the action every second, beside the histories. */
const createTimer = (platform: FaultPlatform, { record }: Refs): Promise<unknown> =>
  platform.client().rules.create({
    ref: TIMER_RULE,
    pack_ref: PACK,
    label: 'Tick',
    action_ref: record,
    action_params: { name: 'tick' },
    trigger_ref: 'core.intervaltimer',
    trigger_params: { unit: 'seconds', interval: 1 },
  });
