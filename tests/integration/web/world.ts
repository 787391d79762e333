import { Client as Database } from 'pg';
import type { JsonObject } from '../../../contract/json';
import type { Client } from '../../../helpers/client/client';
import { logIn } from '../../../helpers/client/client';
import { until } from '../../../helpers/scenario/polling';
import { ADDRESSES } from '../../../web/platform/routes';
import { livenessDeadline } from '../liveness';
import type { BrowserOfPlatform } from './with-browser';

/** Gives each text that a user can write, by what it is: `rule-label`. */
export type Texts = (source: string) => string;

/** Paths of the page by what they show: `/rules`, and `/rules/:rule` for an object of it. */
export type Paths = Readonly<Record<string, string>>;

/**
 * Makes one object of each kind that the page shows, in all its texts those of `textOf`, and
 * returns the paths of all pages.
 */
export async function fillWorld(browser: BrowserOfPlatform, textOf: Texts): Promise<Paths> {
  const client = browser.client();
  const asker = await createAsker(client, textOf);
  await createComponents(client, asker.id, textOf);
  await insertRows(browser.platform().database_url, textOf);
  const events = await createEvents(client, textOf);
  const executions = await run(client, textOf);
  const inquiries = await respond(browser, asker, textOf);
  const objects: Readonly<Record<string, Readonly<Record<string, string | number>>>> = {
    executions,
    run: { action: refOf('action', textOf), flow: refOf('flow', textOf) },
    rules: { rule: refOf('rule', textOf), new: 'new' },
    events,
    triggers: { trigger: refOf('trigger', textOf) },
    timers: { timer: refOf('timer', textOf) },
    inquiries,
    packs: { pack: 'odd' },
    queues: { queue: 'odd.queue' },
  };
  const lists = ADDRESSES.filter((path) => !path.endsWith('/:one')).map((path) => [path, path]);
  const others = Object.entries(objects).flatMap(([page, names]) =>
    Object.entries(names).map(([name, id]) => [`/${page}/:${name}`, `/${page}/${encodeURIComponent(id)}`]),
  );
  return Object.fromEntries([...lists, ...others]) as Paths;
}

/** A ref has one dot, and no capital letter. */
const refOf = (kind: string, textOf: Texts): string => `odd.${textOf(`${kind}-ref`).replaceAll('.', '').toLowerCase()}`;

async function createComponents(client: Client, asker: number, textOf: Texts): Promise<void> {
  const { actions, keys, packs, queues, rules, sensors, triggers, workflows } = client;
  const named = (kind: string) => ({ label: textOf(`${kind}-label`), description: textOf(`${kind}-description`) });
  const own = (kind: string) => ({ ref: refOf(kind, textOf), pack_ref: 'odd', ...named(kind) });
  const secret = { name: textOf('key-name'), value: textOf('key-value') };
  await packs.create({ ref: 'odd', ...named('pack'), version: '1.0.0', tags: [textOf('tag')] });
  await keys.create({ ref: 'odd.key', owner_type: 'system', encrypted: false, ...secret });
  await triggers.create(own('trigger'));
  await actions.create({
    ...own('action'),
    runtime_ref: 'core.shell',
    entrypoint: `cat <<'END'\n${textOf('stdout')}\nEND\ncat >&2 <<'END'\n${textOf('stderr')}\nEND\nexit 3`,
    param_schema: schemaOf('parameter', textOf),
  });
  const sensor = { runtime_ref: 'core.shell', entrypoint: 'true', trigger_ref: refOf('trigger', textOf) };
  await sensors.create({ ref: 'odd.sensor', pack_ref: 'odd', ...named('sensor'), ...sensor, enabled: false });
  await workflows.create({ ...own('flow'), version: '1.0.0', definition: definitionOf(asker, textOf) });
  const fires = { trigger_ref: refOf('trigger', textOf), action_ref: 'core.echo' };
  const conditions = [{ field: 'kind', operator: 'equals', value: textOf('criterion') }];
  await rules.create({ ...own('rule'), ...fires, conditions, action_params: { message: textOf('action-parameter') } });
  const schedule = { trigger_ref: 'core.crontimer', trigger_params: { expression: '0 0 0 1 1 *' } };
  await rules.create({ ...own('timer'), ...fires, ...schedule });
  await queues.create({ ref: 'odd.queue', dispatch_action_ref: 'core.noop', enabled: false, ...named('queue') });
  await queues.enqueue('odd.queue', { payload: { n: 9_007_199_254_740_993n, text: textOf('item-payload') } });
}

/** A form of one text and one choice. */
const schemaOf = (of: string, textOf: Texts) => ({
  [textOf(`${of}-name`)]: { type: 'string', description: textOf(`${of}-description`) },
  choice: { type: 'string', enum: [textOf(`${of}-choice`), 'other'] },
  preset: { type: 'string', default: textOf(`${of}-default`) },
});

/** A task that fails, beside those that ask: one by a form, two without. */
function definitionOf(asker: number, textOf: Texts) {
  const ask = (name: string, input: JsonObject) => ({
    name,
    action: 'core.ask',
    input: { prompt: textOf(`${name}-prompt`), ...input },
  });
  const tasks = [
    { name: textOf('task-name'), action: refOf('action', textOf) },
    ask('form', { response_schema: schemaOf('response', textOf) }),
    ask('other', { assigned_to: asker, default_response: { text: textOf('default-response') } }),
    ask('ended', { assigned_to: asker }),
  ];
  return { tasks };
}

/** What no request of a user writes as it is: reports of workers, builders and dispatchers. */
async function insertRows(url: string, textOf: Texts): Promise<void> {
  const owner = new Database(url);
  await owner.connect();
  await owner.query(
    `insert into worker (name, host, cordoned, cordon_reason, last_heartbeat, status)
     values ($1, $2, true, $3, liveness_now() + interval '1 day', 'active'), ($4, 'gone', false, null, '2000-01-01', 'inactive')`,
    ['worker-name', 'worker-host', 'cordon-reason', 'gone-worker'].map(textOf),
  );
  await owner.query(
    `insert into environment (tenant, pack, runtime, status, content_hash, log, failing_requirement)
     select tenant, id, 'python', 'failed', 'x', $1, $2 from pack where ref = 'odd'`,
    [textOf('build-log'), textOf('failing-requirement')],
  );
  await owner.query(`update work_queue_item set status = 'failed', last_error = $1`, [textOf('item-error')]);
  await owner.end();
}

interface Asker {
  readonly id: number;
  readonly login: string;
  readonly password: string;
}

/** Who has to respond. */
async function createAsker({ identities }: Client, textOf: Texts): Promise<Asker> {
  const credentials = { login: textOf('login'), password: 'long-enough-1' };
  const { id } = await identities.create({ ...credentials, display_name: textOf('display-name') });
  return { id, ...credentials };
}

/** Of two events, the first fires the rule. */
async function createEvents({ webhooks }: Client, textOf: Texts) {
  const fire = async (kind: string): Promise<number> =>
    (await webhooks.fire(refOf('trigger', textOf), { kind, [textOf('payload-key')]: 1 })).event_id;
  return { fired: await fire(textOf('criterion')), other: await fire(textOf('payload-value')) };
}

async function run({ executions }: Client, textOf: Texts) {
  const start = async (action_ref: string, parameters = {}): Promise<number> =>
    (await executions.execute({ action_ref, parameters })).id;
  const echo = await start('core.echo', { message: textOf('output') });
  const failed = await start(refOf('action', textOf));
  const flow = await start(refOf('flow', textOf));
  for (const id of [echo, failed]) {
    await until(
      {
        name: `execution ${id} to end`,
        check: async () => {
          const { status } = await executions.get(id);
          return ['completed', 'failed'].includes(status) ? { is: 'met', value: null } : { is: 'pending', why: status };
        },
      },
      livenessDeadline(),
    );
  }
  return { echo, failed, flow };
}

/** The inquiries of the workflow, of which the last has a response. */
async function respond(browser: BrowserOfPlatform, { login, password }: Asker, textOf: Texts) {
  const { inquiries } = browser.client();
  const opened = await until(
    {
      name: 'the workflow to ask',
      check: async () => {
        const pending = await inquiries.list({ status: 'pending' });
        return pending.length === 3 ? { is: 'met', value: pending } : { is: 'pending', why: `${pending.length} wait` };
      },
    },
    livenessDeadline(),
  );
  const { client } = await logIn({ baseUrl: browser.platform().url }, login, password);
  const idOf = (name: string): number => opened.find(({ prompt }) => prompt === textOf(`${name}-prompt`))!.id;
  await client.inquiries.respond(idOf('ended'), { remark: textOf('response') });
  return { form: idOf('form'), other: idOf('other'), ended: idOf('ended') };
}
