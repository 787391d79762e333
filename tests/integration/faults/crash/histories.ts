import type { JsonObject } from '../../../../contract/json';
import { isTerminal } from '../../../../contract/status';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { executeToEnd, postUntilAnswered, send } from '../history/clients';
import { livenessDeadline } from '../../liveness';
import { TIMER_RULE, type HistoryContext } from './crash-pack';
import { workExternally } from './external-work';
import { readRows, untilRow } from '../read-rows';

/** What one client does, whatever fails meanwhile, until nothing is left for it to do. */
type History = (context: HistoryContext) => Promise<unknown>;

const LONG_SECONDS = 30;
/** Longer than the graces of a stop. */
const STOPPED_SECONDS = 2.5;

/** By name: each causes one execution without a parent, with the name of the context. */
export const HISTORIES = {
  sequence: (context) => execute(context, context.pack.sequence),
  revision: ({ platform, pack, name }) =>
    postUntilAnswered(platform, `/workflows/${pack.sequence}/execute`, { inputs: { data: { name } } }, name),
  rerun: async ({ platform, pack, name }) => {
    const earlier = await executeToEnd(platform, pack.sequence, `before ${name}`);
    const request = { from: 'items', parameters: { name } };
    return postUntilAnswered(platform, `/executions/${earlier}/rerun`, request, name);
  },
  'too large': (context) => execute(context, context.pack.sequence, { padding: 'x'.repeat(STATE_BYTES) }),
  inquiry: async (context) => respond(context, await execute(context, context.pack.inquiry)),
  'inquiry answered by a change': async (context) =>
    answer(context, await execute(context, context.pack.inquiry), (inquiry, response) =>
      send(context.platform, 'PUT', `/inquiries/${inquiry}`, { body: { status: 'responded', response } }),
    ),
  'inquiry of a program': async (context) => respond(context, await execute(context, context.pack.inquiring)),
  'expired inquiry': (context) => execute(context, context.pack.expiring),
  cancel: async (context) => request(context, await startProcess(context, LONG_SECONDS), 'cancel'),
  pause: async (context) => {
    const id = await execute(context, context.pack.inquiry); // which cannot end before it is paused
    await request(context, id, 'pause');
    await request(context, id, 'resume');
    await respond(context, id);
  },
  webhook: ({ platform, pack, name }) =>
    postUntilAnswered(platform, `/webhooks/${pack.webhookKey}`, { payload: { name } }, name),
  'external worker': (context) => workExternally(context),
  'work queue': (context) => enqueue(context),
  unclaimed: (context) => execute(context, context.pack.unclaimed),
  'lost worker': async (context) => {
    const id = await startProcess(context, 1);
    const [worker] = await readRows<{ pid: number }>(
      context.platform,
      `select (w.meta ->> 'pid')::int as pid from worker w join execution e on e.worker = w.id where e.id = $1`,
      [id],
    );
    process.kill(worker!.pid, 'SIGKILL');
  },
  stop: async (context) => {
    await startProcess(context, STOPPED_SECONDS);
    await context.platform.kill('SIGTERM');
  },
  timer: async (context) => {
    await execute(context, context.pack.record);
    const [before] = await readRows<{ count: number }>(context.platform, OCCURRENCES, [TIMER_RULE]);
    const hasFiredTwice = `select count >= $2 + 2 as holds from (${OCCURRENCES}) o`;
    await untilRow(context.platform, 'the timer to fire twice', hasFiredTwice, [TIMER_RULE, before!.count]);
  },
} satisfies Record<string, History>;

export type HistoryName = keyof typeof HISTORIES;

/** The limit of the state of a workflow on the platform that the histories run on. */
export const STATE_BYTES = 16_384;

/** How long an assigned execution waits there for its worker, seconds: longer than any restart. */
export const PICK_UP_SECONDS = 15;

/** Of the timer, with an execution. */
const OCCURRENCES = `select count(*)::int as count from event v join enforcement f on f.event = v.id
  join execution e on e.enforcement = f.id where v.rule_ref = $1`;

/** Executes the action until the request is accepted. Returns the execution's id. */
export const execute = ({ platform, name }: HistoryContext, action: string, more: JsonObject = {}): Promise<number> =>
  postUntilAnswered(platform, '/executions/execute', { action_ref: action, parameters: { name, ...more } }, name);

/** Sends an item until it is stored, and waits until its execution has completed it. */
async function enqueue({ platform, pack, name }: HistoryContext): Promise<void> {
  const item = 'select status from work_queue_item where item_key = $1';
  const isCompleted = async (): Promise<boolean> => {
    const [stored] = await readRows<{ status: string }>(platform, item, [name]);
    if (stored === undefined)
      await send(platform, 'POST', `/queues/${pack.queue}/items`, { body: { item_key: name, payload: { name } } });
    return stored?.status === 'completed';
  };
  await until(predicateToHold(`the item ${name} to be completed`, isCompleted), livenessDeadline());
}

/** Executes a process that runs so long, and waits until it has started. */
async function startProcess(context: HistoryContext, seconds: number): Promise<number> {
  const id = await execute(context, context.pack.record, { seconds });
  const hasStarted = () => context.pack.ledger().some(({ execution, event }) => execution === id && event === 'start');
  await until(predicateToHold(`a process of execution ${id} to start`, hasStarted), livenessDeadline());
  return id;
}

const respond = (context: HistoryContext, id: number): Promise<void> =>
  answer(context, id, (inquiry, response) =>
    send(context.platform, 'POST', `/inquiries/${inquiry}/respond`, { body: { response } }),
  );

type Respond = (inquiry: number, response: JsonObject) => Promise<unknown>;

/** Answers the inquiry below the execution until it is not pending. */
async function answer({ platform, name }: HistoryContext, root: number, sendResponse: Respond): Promise<void> {
  const inquiries = `select i.id::int, i.status from inquiry i join execution e on e.id = i.execution where e.root = $1`;
  const hasResponded = async (): Promise<boolean> => {
    const [inquiry] = await readRows<{ id: number; status: string }>(platform, inquiries, [root]);
    if (inquiry?.status !== 'pending') return inquiry !== undefined;
    await sendResponse(inquiry.id, { name });
    return false;
  };
  await until(predicateToHold(`the inquiry of execution ${root} to be answered`, hasResponded), livenessDeadline());
}

/** Requests it until it is accepted, or the execution has ended. */
async function request({ platform }: HistoryContext, id: number, verb: 'cancel' | 'pause' | 'resume'): Promise<void> {
  const isAccepted = async (): Promise<boolean> => {
    const { status } = await send(platform, 'POST', `/executions/${id}/${verb}`);
    if (status === 200) return true;
    const { data } = await send(platform, 'GET', `/executions/${id}`);
    return data !== null && isTerminal(data.status);
  };
  await until(predicateToHold(`execution ${id} to accept ${verb}`, isAccepted), livenessDeadline());
}
