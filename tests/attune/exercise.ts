import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Execution } from '../../contract/executions';
import type { Json, JsonObject } from '../../contract/json';
import type { Status } from '../../contract/status';
import type { Client } from '../../helpers/client/client';
import { executionsToBe } from '../../helpers/scenario/conditions/event-conditions';
import { executionToBe, executionToEnd } from '../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../helpers/scenario/polling';

const PACK = 'every';
const WAIT_MS = 30_000;
const ref = (name: string): string => `${PACK}.${name}`;

const within = (): number => performance.now() + WAIT_MS;

/** Inline scripts, by the name of the action. */
const SCRIPTS: Readonly<Record<string, string>> = {
  fine: 'echo fine',
  fail: 'echo it failed >&2; exit 3',
  killed: 'kill -TERM $$',
  sleep: 'sleep 20',
  pause: 'sleep "$seconds"',
  print: 'printf "%s" "$token"',
};

/** Creates, reads, changes and lists one of everything that the contract has. */
export async function exerciseResources(client: Client): Promise<void> {
  await exercisePacks(client);
  await createActions(client);
  await exerciseTriggers(client);
  await exerciseArtifacts(client);
  await exerciseKeys(client);
  await exerciseIdentities(client);
  await endedTasks(client, await startTasks(client, 'flow', [scriptTask('fine')]));
  await client.runtimes.list();
  await client.runtimes.get('core.shell');
  const [worker] = await client.workers.list();
  await client.workers.get(worker!.id);
  await client.auth.settings();
  await client.health.detailed();
}

async function exercisePacks(client: Client): Promise<void> {
  await client.packs.create({ ref: PACK, label: 'Every', version: '1.0.0' });
  await client.packs.get(PACK);
  await client.packs.update(PACK, { label: 'Everything' });
  await client.packs.list();
  const directory = mkdtempSync(join(tmpdir(), 'every-pack-'));
  try {
    mkdirSync(join(directory, 'actions'));
    writeFileSync(join(directory, 'pack.yaml'), 'ref: filed\nname: Filed\nversion: 1.0.0\n');
    writeFileSync(
      join(directory, 'actions/limited.yaml'),
      'ref: filed.limited\nrunner_type: shell\nentry_point: limited.sh\ntimeout_seconds: 0.3\n' +
        'parameter_format: dotenv\nparameters:\n  seconds:\n    type: integer\n',
    );
    writeFileSync(join(directory, 'actions/limited.sh'), 'IFS== read -r name value\nsleep "${value//[!0-9]/}"\n');
    await client.packs.upload(directory);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function createActions(client: Client): Promise<void> {
  const param_schema = { token: { type: 'string', secret: true }, seconds: { type: 'integer' } };
  const common = { pack_ref: PACK, runtime_ref: 'core.shell', param_schema, timeout_seconds: 60 };
  for (const [name, entrypoint] of Object.entries(SCRIPTS))
    await client.actions.create({ ...common, ref: ref(name), label: name, entrypoint });
  await client.actions.get(ref('fine'));
  await client.actions.update(ref('fine'), { label: 'Fine' });
  await client.actions.list();
  await client.actions.search('fine');
}

async function exerciseTriggers(client: Client): Promise<void> {
  await client.triggers.create({ ref: ref('hook'), pack_ref: PACK, label: 'hook' });
  const timer = { trigger_ref: 'core.intervaltimer', trigger_params: { unit: 'hours', interval: 1 } };
  const rule = { pack_ref: PACK, label: 'rule', action_ref: ref('fine') };
  await client.rules.create({ ...rule, ...timer, ref: ref('timer') });
  await client.rules.create({ ...rule, trigger_ref: ref('hook'), ref: ref('rule') });
  await client.rules.disable(ref('timer'));
  await client.rules.enable(ref('timer'));
  await client.rules.get(ref('timer'));
  await client.rules.list();
  const sensor = { pack_ref: PACK, label: 'sensor', entrypoint: 'none.sh', runtime_ref: 'core.shell', enabled: false };
  await client.sensors.create({ ...sensor, ref: ref('sensor'), trigger_ref: ref('hook') });
  await client.sensors.get(ref('sensor'));
  await client.sensors.list();
  await client.triggers.sensors(ref('hook'));
  const { webhook_key: key } = await client.triggers.enableWebhook(ref('hook'));
  await client.webhooks.post(key!, { n: 1 });
  const [run] = await until(executionsToBe('completed', 1, client, { rule_ref: ref('rule') }), within());
  await client.triggers.get(ref('hook'));
  await client.triggers.list();
  const [event] = await client.events.list({ trigger_ref: ref('hook') });
  await client.events.get(event!.id);
  const [enforcement] = await client.enforcements.list({ rule_ref: ref('rule') });
  await client.enforcements.get(enforcement!.id);
  await client.enforcements.executions(enforcement!.id);
  await exerciseInquiry(client, run!.id);
}

async function exerciseInquiry(client: Client, execution: number): Promise<void> {
  const options = { timeout_seconds: 60, default_response: 'none', strict: true, response_schema: {} };
  const { id } = await client.inquiries.create({ execution, prompt: 'Which?', ...options });
  await client.inquiries.respond(id, 'this');
  await client.inquiries.get(id);
  await client.inquiries.list();
  await client.artifacts.ofExecution(execution);
  await client.artifacts.list();
}

async function exerciseArtifacts(client: Client): Promise<void> {
  const { id } = await client.artifacts.create({ ref: ref('steps'), scope: 'pack', owner: PACK, type: 'progress' });
  await client.artifacts.appendProgress(id, { percent: 1 });
  await client.artifacts.addVersion(id, { content: 1, meta: {} });
  await client.artifacts.versions(id);
  await client.artifacts.addFileByRef(ref('file'), { scope: 'action', owner: ref('fine') });
}

async function exerciseKeys(client: Client): Promise<void> {
  const key = { ref: ref('key'), name: 'key', owner_type: 'pack' as const, owner_pack_ref: PACK };
  await client.keys.create({ ...key, value: 1, ttl_seconds: 600 });
  await client.keys.update(ref('key'), { value: 2, if_version: 1 });
  await client.keys.get(ref('key'));
  await client.keys.list();
}

async function exerciseIdentities(client: Client): Promise<void> {
  const { id } = await client.identities.create({ login: 'every-user', password: 'TestPass123!' });
  await client.identities.get(id);
  await client.identities.list();
  await client.integrationTokens.create(id, { label: 'token' });
  await client.integrationTokens.list(id);
  await client.permissions.sets();
  await client.permissions.assign({ identity_id: id, permission_set_ref: 'core.viewer' });
  await client.permissions.assignments(id);
  await client.auth.me();
}

/** Executes an action and returns the execution once it has ended. */
export async function execute(client: Client, action: string, parameters: JsonObject = {}): Promise<Execution> {
  const { id } = await client.executions.execute({ action_ref: action, parameters, timeout_seconds: 60 });
  return until(executionToEnd(client, id), within());
}

export const executeScript = (client: Client, name: string, parameters?: JsonObject): Promise<Execution> =>
  execute(client, ref(name), parameters);

/** Executes `sleep` and cancels it while it runs. */
export async function executeAndCancel(client: Client): Promise<Execution> {
  const { id } = await client.executions.execute({ action_ref: ref('sleep') });
  await until(executionToBe('running', client, id), within());
  await client.executions.cancel(id);
  return until(executionToEnd(client, id), within());
}

/** Creates a workflow of tasks and starts it. Returns the id of its execution. */
export async function startTasks(client: Client, name: string, tasks: Json[], more: JsonObject = {}): Promise<number> {
  const definition = { version: '1.0.0', tasks, ...more };
  await client.workflows.create({ ref: ref(name), pack_ref: PACK, label: name, version: '1.0.0', definition });
  await client.workflows.get(ref(name));
  await client.workflows.list();
  return (await client.executions.execute({ action_ref: ref(name) })).id;
}

/** Waits for the end of a workflow. Returns it and its children, oldest first. */
export async function endedTasks(client: Client, id: number): Promise<{ status: Status; children: Execution[] }> {
  const { status } = await until(executionToEnd(client, id), within());
  const summaries = await client.executions.children(id);
  return { status, children: await Promise.all(summaries.map((child) => client.executions.get(child.id))) };
}

/** A task that runs a script. */
export const scriptTask = (name: string, more: JsonObject = {}): JsonObject => ({
  name,
  action: ref(name),
  ...more,
});
