import type { JsonObject } from '../../../../contract/json';
import { createClient, type Client } from '../../../../helpers/client/client';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { randomName } from '../../../../helpers/scenario/names';
import { until } from '../../../../helpers/scenario/polling';
import { createChangeableSet, type ChangeableSet } from './changeable-set';
import { loggedInByToken } from './granted-callers';
import { asGrant } from './grant-names';

const EXECUTIONS = ['own', 'ownFlow', 'ownTask', 'admins', 'adminsFlow', 'adminsTask'] as const;
export type ExecutionName = (typeof EXECUTIONS)[number];
const ALL: readonly ExecutionName[] = EXECUTIONS;
const OWN: readonly ExecutionName[] = ['own', 'ownFlow', 'ownTask'];

/** Assigned to the reader, and to no one: each of an execution of the reader, and of the admin. */
const INQUIRIES = ['own', 'ofOwn', 'given', 'ofAdmins'] as const;
export type InquiryName = (typeof INQUIRIES)[number];

/** A reader of executions, and executions that it and the administrator have requested. */
export interface ExecutionWorld {
  readonly token: string;
  /** Ids of both. */
  readonly reader: number;
  readonly admin: number;
  /** Of the reader. */
  readonly set: ChangeableSet;
  readonly packs: readonly [string, string];
  readonly ids: Readonly<Record<ExecutionName, number>>;
  readonly inquiries: Readonly<Record<InquiryName, number>>;
}

/** Constraints, and the inquiries that a grant with them changes. */
export const INQUIRY_CONSTRAINTS: readonly (readonly [
  (world: ExecutionWorld) => JsonObject,
  readonly InquiryName[],
])[] = [
  [() => ({}), INQUIRIES],
  [() => ({ owner: 'self' }), ['own', 'given']],
  [() => ({ owner: 'none' }), ['ofOwn', 'ofAdmins']],
  [() => ({ execution_scope: 'self' }), ['own', 'ofOwn']],
  [({ packs }) => ({ pack_refs: [packs[1]] }), ['ofOwn', 'given']],
  [({ packs }) => ({ refs: [`${packs[1]}.act`], owner: 'self' }), ['given']],
  [({ inquiries }) => ({ ids: [inquiries.given, inquiries.own] }), ['own', 'given']],
  [({ inquiries }) => ({ ids: [inquiries.given, inquiries.ofOwn], owner: 'self' }), ['given']],
];

/** Constraints, and the executions that a grant with them opens. */
export const EXECUTION_CONSTRAINTS: readonly (readonly [
  (world: ExecutionWorld) => JsonObject,
  readonly ExecutionName[],
])[] = [
  [() => ({}), ALL],
  [({ packs }) => ({ pack_refs: [packs[0]] }), ['own', 'adminsFlow']],
  [({ packs }) => ({ pack_refs: [packs[1]] }), ['ownFlow', 'admins']],
  [() => ({ pack_refs: ['core'] }), ['ownTask', 'adminsTask']],
  [({ packs }) => ({ refs: [`${packs[1]}.act`, 'core.noop'] }), ['ownTask', 'admins', 'adminsTask']],
  [() => ({ owner: 'self' }), OWN],
  [() => ({ owner: 'none' }), []],
  [() => ({ owner: 'any' }), ALL],
  [() => ({ execution_scope: 'self' }), OWN],
  [() => ({ execution_scope: 'descendants' }), OWN],
  [() => ({ execution_scope: 'any' }), ALL],
  [({ packs }) => ({ execution_scope: 'self', pack_refs: [packs[1]] }), ['ownFlow']],
  [({ packs }) => ({ owner: 'self', refs: [`${packs[1]}.act`] }), []],
  [() => ({ owner_types: ['identity', 'pack'] }), []],
  [() => ({ visibility: ['public', 'private'] }), []],
  [() => ({ encrypted: false }), []],
  [() => ({ attributes: { team: 'ops' } }), ALL],
  [() => ({ attributes: { team: 'dev' } }), []],
];

/** Constraints that name single executions, and those that a grant with them opens. */
export const BY_ID: typeof EXECUTION_CONSTRAINTS = [
  [({ ids }) => ({ ids: [ids.own, ids.adminsTask] }), ['own', 'adminsTask']],
  [({ ids }) => ({ ids: [ids.admins, ids.ownTask], owner: 'self' }), ['ownTask']],
];

/** Two packs, each with an action and a workflow of one task. */
async function createPacks(client: Client): Promise<readonly [string, string]> {
  const packs = [randomName(8), randomName(8)].map((name) => `e-${name}`) as [string, string];
  for (const ref of packs) {
    await client.packs.create({ ref, label: ref, version: '1.0.0', is_standard: true });
    const of = (name: string) => ({ ref: `${ref}.${name}`, pack_ref: ref, label: name });
    await client.actions.create({ ...of('act'), runtime_ref: 'core.shell', entrypoint: 'true' });
    const definition = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
    await client.workflows.create({ ...of('flow'), version: '1.0.0', definition });
  }
  return packs;
}

/** Who runs them, and what they run. The admin sees their ends. */
interface Runners {
  readonly reader: Client;
  readonly admin: Client;
  readonly packs: readonly [string, string];
  readonly deadline: number;
}

/** Runs an action of one pack and the workflow of the other: the ids of both, and of its task. */
async function runBoth(by: Client, action: string, flow: string, { admin, deadline }: Runners): Promise<number[]> {
  const [one, two] = [action, flow].map((ref) => by.executions.execute({ action_ref: ref }));
  const ids = [(await one!).id, (await two!).id];
  for (const id of ids) await until(executionToBe('completed', admin, id), deadline);
  return [...ids, (await admin.executions.children(ids[1]!))[0]!.id];
}

/** Runs each of the executions to its end: their ids. */
export async function runExecutions(runners: Runners): Promise<Record<ExecutionName, number>> {
  const { reader, admin, packs } = runners;
  const [own, admins] = await Promise.all([
    runBoth(reader, `${packs[0]}.act`, `${packs[1]}.flow`, runners),
    runBoth(admin, `${packs[1]}.act`, `${packs[0]}.flow`, runners),
  ]);
  const ids = [...own, ...admins].map((id, n) => [EXECUTIONS[n]!, id] as const);
  return Object.fromEntries(ids) as Record<ExecutionName, number>;
}

/** Creates an inquiry of each of these executions, the first and the third for the reader. */
async function createInquiries({ inquiries }: Client, reader: number, executions: readonly number[]) {
  const rows = executions.map(async (execution, n) => {
    const assigned = n % 2 === 0 && { assigned_to: reader };
    return [INQUIRIES[n]!, (await inquiries.create({ execution, prompt: 'x', ...assigned })).id] as const;
  });
  return Object.fromEntries(await Promise.all(rows)) as Record<InquiryName, number>;
}

/** Creates the world in the tenant of this admin. */
export async function createExecutionWorld(
  client: Client,
  { url, directory, deadline }: { url: string; directory: string; deadline: number },
): Promise<ExecutionWorld> {
  const set = await createChangeableSet(client, directory);
  const { id: reader, token } = await loggedInByToken(client, url, set.ref);
  await client.identities.update(reader, { attributes: { team: 'ops' } });
  const packs = await createPacks(client);
  await set.grant([asGrant('actions:execute', null), asGrant('executions:read', null)]);
  const ids = await runExecutions({ reader: createClient({ baseUrl: url, token }), admin: client, packs, deadline });
  const inquiries = await createInquiries(client, reader, [ids.own, ids.ownFlow, ids.admins, ids.adminsFlow]);
  const { id: admin } = await client.auth.me();
  return { token, reader, admin, set, packs, ids, inquiries };
}
