import { createClient, type Client } from '../../../../helpers/client/client';
import { uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
import { randomName } from '../../../../helpers/scenario/names';
import { loggedInByToken } from './granted-callers';
import { asGrant } from './grant-names';

/** Two sub-workflows of the same task, which other callers than their executors have saved. */
const FLOWS = ['early', 'lent'] as const;

/** Who executes them, with which sets of the request, and how the task of each workflow ends. */
interface LimitRow {
  readonly executor: 'any' | 'flows';
  readonly sets: readonly ('executes' | 'reads')[];
  readonly ends: Readonly<Record<(typeof FLOWS)[number], string>>;
}

const DENIED = 'ACTION_NOT_ALLOWED';

/**
 * `early`: its saver may not execute the action; `lent`: its saver may. `any` may execute every
 * action, `flows` only the workflows above the two. The sets are those of the request of these.
 */
export const LIMIT_ROWS: readonly LimitRow[] = [
  { executor: 'any', sets: [], ends: { early: 'completed', lent: 'completed' } },
  { executor: 'any', sets: ['executes'], ends: { early: 'completed', lent: 'completed' } },
  { executor: 'any', sets: ['reads', 'executes'], ends: { early: 'completed', lent: 'completed' } },
  { executor: 'any', sets: ['reads'], ends: { early: DENIED, lent: 'completed' } },
  { executor: 'flows', sets: [], ends: { early: DENIED, lent: 'completed' } },
  { executor: 'flows', sets: ['reads'], ends: { early: DENIED, lent: 'completed' } },
];

export interface TaskLimits {
  /** Executes the workflow above one of the two as of a row. Returns the id. */
  execute(row: LimitRow, flow: (typeof FLOWS)[number]): Promise<number>;
}

/** Creates the workflows and their callers in the tenant of this admin. */
export async function createTaskLimits(client: Client, url: string, directory: string): Promise<TaskLimits> {
  const { ref: rights } = await uploadFixture(client, 'e2e-rights', `t-${randomName(8)}`, directory);
  const stored = await client.permissions.sets();
  const pack = `p-${randomName(8)}`;
  await client.packs.create({ ref: pack, label: 'shop', version: '1.0.0', is_standard: true });
  const refOf = (name: string) => `${pack}.${name}`;
  const aboveOf = (name: string) => `${refOf(name)}-above`;
  const onlyFlows = { resource: 'actions', actions: ['execute'], constraints: { refs: FLOWS.map(aboveOf) } };
  const user = async (set: string, ...grants: object[]) => {
    const { id, ref } = stored.find((each) => each.ref === `${rights}.${set}`)!;
    await client.permissions.updateSet(id, { grants: grants as never });
    return { ref, client: createClient({ baseUrl: url, token: (await loggedInByToken(client, url, ref)).token }) };
  };
  const reads = await user('four', asGrant('keys:read', null));
  const executes = await user('five', asGrant('actions:execute', null));
  const saver = await user('one', asGrant('packs:read', null), asGrant('actions:create', null));
  const executors = {
    any: await user('two', asGrant('keys:read', null), asGrant('actions:execute', null)),
    flows: await user('three', asGrant('keys:read', null), onlyFlows),
  };
  const create = (by: Client, ref: string, action: string) => {
    const definition = { version: '1.0.0', tasks: [{ name: 'one', action }] };
    return by.workflows.create({ ref, pack_ref: pack, label: ref, version: '1.0.0', definition });
  };
  const later = refOf('later');
  await create(saver.client, refOf('early'), later); // before its action
  await client.actions.create({
    ref: later,
    pack_ref: pack,
    label: 'later',
    runtime_ref: 'core.shell',
    entrypoint: 'exit 0',
  });
  await create(client, refOf('lent'), later);
  for (const name of FLOWS) await create(client, aboveOf(name), refOf(name));
  const refs = { executes: executes.ref, reads: reads.ref };
  return {
    execute: async ({ executor, sets }, flow) => {
      const of = executors[executor].client.executions;
      const { id } = await of.execute({
        action_ref: aboveOf(flow),
        ...(sets.length > 0 && { permission_set_refs: sets.map((set) => refs[set]) }),
      });
      return id;
    },
  };
}
