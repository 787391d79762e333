import { join } from 'node:path';
import { uploadFixture } from '../../../../helpers/fixtures/fixture-pack';
import { createTestTenant } from '../../../../helpers/scenario/resources/test-tenant';
import {
  setAndClear,
  setAndOmit,
  to,
  toOther,
  where,
  type Fields,
  type UpdateTable,
  type UpdateWorld,
} from './update-table';

const TEXT = 'another text';
const SOON = '2035-02-26T08:00:00.5Z';

const KEY: UpdateTable = {
  route: '/keys/{ref}',
  create: async ({ ctx, pack: owner_pack_ref }, label, fields) => {
    // Programs of all packs receive the keys of the system.
    const owner = { owner_type: 'pack', owner_pack_ref } as const;
    const body = { ref: ctx.name(label), name: ctx.name(`named-${label}`), ...owner, value: 1 };
    const { ref } = await ctx.client.keys.create({ ...body, encrypted: false, ...fields });
    ctx.defer(() => ctx.client.keys.remove(ref));
    return `/keys/${ref}`;
  },
  computed: ['version'],
  changes: [
    to('name', TEXT),
    to('value', { nested: [1, null] }),
    where((ctx) => ctx.canProve('keys.ttl'), to('expires_at', SOON)),
    where((ctx) => ctx.canProve('keys.ttl'), to('ttl_seconds', null, { expires_at: null })),
    to('encrypted', true),
  ],
  out: { if_version: 'T2.17d: a condition' },
};

const createIdentity = async ({ ctx }: UpdateWorld, label: string, fields?: Fields): Promise<number> => {
  const body = { login: ctx.name(`user-${label}`), password: 'Update-pass-1', ...fields };
  const { id } = await ctx.client.identities.create(body);
  ctx.defer(() => ctx.client.identities.remove(id));
  return id;
};

const IDENTITY: UpdateTable = {
  route: '/identities/{id}',
  create: async (world, label, fields) => `/identities/${await createIdentity(world, label, fields)}`,
  notCreated: { frozen: 'a new identity logs in' },
  changes: [
    to('display_name', TEXT),
    to('display_name', null),
    to('password', 'Update-pass-2', {}),
    to('attributes', { team: 'north' }),
    to('frozen', true),
  ],
};

const GRANTS = [{ resource: 'keys', actions: ['read'] }];

const PERMISSION_SET: UpdateTable = {
  route: '/permissions/sets/{id}',
  isListed: true,
  rest: { grants: GRANTS },
  create: async ({ ctx }, label) => {
    const directory = join(ctx.facts.directory, 'fixtures');
    const { ref } = await uploadFixture(ctx.client, 'e2e-tenant', ctx.name(`sets-${label}`), directory);
    ctx.defer(() => ctx.client.packs.remove(ref));
    const { id } = (await ctx.client.permissions.sets()).find((set) => set.pack_ref === ref)!;
    await ctx.client.permissions.updateSet(id, { grants: GRANTS });
    return `/permissions/sets/${id}`;
  },
  changes: [
    to('label', TEXT),
    to('description', TEXT),
    to('grants', [{ resource: 'rules', actions: ['read', 'update'] }]),
  ],
};

const TENANT: UpdateTable = {
  route: '/tenants/{slug}',
  isKnown: (ctx) => ctx.canProve('tenants'),
  create: async ({ ctx }, label) => `/tenants/${(await createTestTenant(ctx, label)).slug}`,
  changes: [to('name', TEXT), to('slot_weight', 2.5), to('frozen', true)],
};

const INDEX: UpdateTable = {
  route: '/pack-indices/{id}',
  isListed: true,
  create: async ({ ctx }, label, fields) => {
    const body = { url: `https://${label}.example.com/i.json`, enabled: false, ...fields };
    const { id } = await ctx.client.packIndices.create(body);
    ctx.defer(() => ctx.client.packIndices.remove(id));
    return `/pack-indices/${id}`;
  },
  changes: [
    to('name', TEXT),
    to('url', 'https://third.example.com/i.json'),
    to('position', 7),
    to('headers', { 'x-other': 'value' }, { headers: { 'x-other': { $attune_secret: true, redacted: true } } }),
  ],
  out: { enabled: 'an enabled index is searched by others' },
};

const INQUIRY: UpdateTable = {
  route: '/inquiries/{id}',
  create: async ({ ctx }, label, fields) => {
    const { id: execution } = await ctx.client.executions.execute({ action_ref: 'core.noop' });
    return `/inquiries/${(await ctx.client.inquiries.create({ execution, prompt: label, ...fields })).id}`;
  },
  changes: [
    {
      field: 'assigned_to',
      change: async (world) => {
        const id = await createIdentity(world, 'assigned');
        return { given: id, shown: { assigned_to: id } };
      },
    },
    to('assigned_to', null),
  ],
  out: { status: 'T2.6: it ends the inquiry', response: 'T2.6f: it ends the inquiry' },
};

const QUEUE: UpdateTable = {
  route: '/queues/{ref}',
  computed: ['resolved_dispatch_tuning'],
  create: async (world, label, fields) => `/queues/${await createQueue(world, label, fields)}`,
  changes: [
    to('label', TEXT),
    ...setAndClear('description', TEXT),
    toOther('dispatch_action_ref', ({ ctx }) => ctx.client.actions.get('core.echo')),
    to('enabled', true),
    to('accepting_new_items', false),
    to('default_priority', 7),
    to('allow_pending_update', true),
    to('update_strategy', 'immutable'),
    to('batch_mode', 'batch'),
    to('item_schema', { size: { type: 'integer' } }),
    to('action_params', { message: '{{ item }}' }),
    to('permission_set_refs', ['core.viewer']),
    to('permission_set_refs', []),
    to('permission_set_refs', null),
    to('config', { dispatch: { retry_limit: 2 } }),
  ],
  out: { pack_ref: 'a queue of a pack takes few updates, and ends with the pack' },
};

async function createQueue({ ctx }: UpdateWorld, label: string, fields?: Fields): Promise<string> {
  const body = { ref: ctx.name(`queue-${label}`), label, dispatch_action_ref: 'core.noop', enabled: false, ...fields };
  const { ref } = await ctx.client.queues.create(body);
  ctx.defer(() => ctx.client.queues.remove(ref));
  return ref;
}

const ITEM: UpdateTable = {
  route: '/queues/{ref}/items/{id}',
  isListed: true,
  create: async (world, label, fields) => {
    const queue = await createQueue(world, `item-${label}`);
    const { id } = await world.ctx.client.queues.enqueue(queue, { payload: { first: 1 }, priority: 1, ...fields });
    return `/queues/${queue}/items/${id}`;
  },
  changes: [
    ...setAndClear('item_key', 'other'),
    to('priority', 9),
    to('payload', { other: [true] }),
    to('metadata', { by: 'update' }),
  ],
};

const ARTIFACT: UpdateTable = {
  route: '/artifacts/{id}',
  create: async ({ ctx, pack }, label, fields) => {
    const body = { ref: `${pack}.${ctx.name(label)}`, scope: 'pack', owner: pack, type: 'file_text' } as const;
    const { id } = await ctx.client.artifacts.create({ ...body, visibility: 'private', ...fields });
    ctx.defer(() => ctx.client.artifacts.remove(id));
    return `/artifacts/${id}`;
  },
  changes: [
    to('scope', 'action'),
    to('owner', 'core.echo'),
    to('type', 'other'),
    to('visibility', 'public'),
    to('retention_policy', 'days'),
    to('retention_limit', 3),
    ...setAndClear('name', TEXT),
    ...setAndClear('description', TEXT),
    ...setAndClear('content_type', 'text/csv'),
    ...setAndOmit('data', { progress: 1 }),
  ],
};

/** Updates of what users create beside packs. */
export const OBJECT_UPDATES = [KEY, IDENTITY, PERMISSION_SET, TENANT, INDEX, INQUIRY, QUEUE, ITEM, ARTIFACT];
