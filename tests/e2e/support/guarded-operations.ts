import { join } from 'node:path';
import { logIn, type Client } from '../../../helpers/client/client';
import { nullOn404 } from '../../../helpers/client/null-on-not-found';
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { uploadFixture } from '../../../helpers/fixtures/fixture-pack';
import type { Context } from '../../../helpers/scenario/context';
import { randomName } from '../../../helpers/scenario/names';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';

/** A call of an operation, with objects of its own. */
interface GuardedCall {
  call(client: Client): Promise<unknown>;
  /** What the call changes, as the administrator reads it. Not from a list: it may miss rows. */
  effect(): Promise<unknown>;
}

/** An operation that needs a grant. */
export interface GuardedOperation {
  /** Resource and right, as in the contract. */
  readonly grant: string;
  /** `pack`: an uploaded pack, which has no owner and removes its components with itself. */
  prepare(ctx: Context, pack: string): GuardedCall | Promise<GuardedCall>;
}

const CHANGED = { label: 'changed' };

const upload = ({ facts }: Context, client: Client, ref: string) =>
  uploadFixture(client, 'e2e', ref, join(facts.directory, 'fixtures'));

const newRule = (pack: string, ref: string) => ({
  ref,
  pack_ref: pack,
  label: 'rule',
  trigger_ref: `${pack}.guarded`,
  action_ref: 'core.noop',
});

/** Ref of a new rule in a pack that is prepared for rules. */
async function createRule({ client, name }: Context, pack: string): Promise<string> {
  const { ref } = await client.rules.create(newRule(pack, `${pack}.${name('rule')}`));
  return ref;
}

/** Creates what the operations on rules expect in a pack. */
export const prepareForRules = ({ client }: Context, pack: string) =>
  client.triggers.create({ ref: `${pack}.guarded`, pack_ref: pack, label: 'guarded' });

const PACKS: readonly GuardedOperation[] = [
  {
    grant: 'packs:install',
    prepare: (ctx) => {
      const ref = ctx.name('installed');
      return {
        call: async (client) => {
          await upload(ctx, client, ref);
          ctx.defer(() => ctx.client.packs.remove(ref));
        },
        effect: () => rejectionStatus(ctx.client.packs.get(ref)),
      };
    },
  },
  {
    grant: 'packs:configure',
    prepare: async ({ client: admin }, pack) => {
      await admin.packs.update(pack, { label: 'before' });
      return {
        call: (client) => client.packs.update(pack, CHANGED),
        effect: async () => (await admin.packs.get(pack)).label,
      };
    },
  },
  {
    grant: 'packs:delete',
    prepare: async (ctx) => {
      const { client: admin, defer } = ctx;
      const { ref } = await upload(ctx, admin, ctx.name('deleted'));
      defer(() => nullOn404(admin.packs.remove(ref)));
      return { call: (client) => client.packs.remove(ref), effect: () => rejectionStatus(admin.packs.get(ref)) };
    },
  },
];

const ACTIONS: readonly GuardedOperation[] = [
  {
    grant: 'actions:create',
    prepare: ({ client: admin, name }, pack) => {
      const ref = `${pack}.${name('action')}`;
      const action = { ref, pack_ref: pack, label: 'action', entrypoint: 'true', runtime_ref: 'core.shell' };
      return {
        call: (client) => client.actions.create(action),
        effect: () => rejectionStatus(admin.actions.get(ref)),
      };
    },
  },
  {
    grant: 'actions:update',
    prepare: async (ctx, pack) => {
      const ref = await createScriptAction(ctx, pack, 'true');
      return {
        call: (client) => client.actions.update(ref, CHANGED),
        effect: async () => (await ctx.client.actions.get(ref)).label,
      };
    },
  },
  {
    grant: 'actions:delete',
    prepare: async (ctx, pack) => {
      const ref = await createScriptAction(ctx, pack, 'true');
      return {
        call: (client) => client.actions.remove(ref),
        effect: () => rejectionStatus(ctx.client.actions.get(ref)),
      };
    },
  },
  {
    grant: 'actions:execute',
    prepare: async (ctx, pack) => {
      const ref = await createScriptAction(ctx, pack, 'true');
      return {
        call: (client) => client.executions.execute({ action_ref: ref }),
        effect: async () => (await ctx.client.executions.list({ action_ref: ref })).length,
      };
    },
  },
];

const RULES: readonly GuardedOperation[] = [
  {
    grant: 'rules:create',
    prepare: ({ client: admin, name }, pack) => {
      const ref = `${pack}.${name('rule')}`;
      return {
        call: (client) => client.rules.create(newRule(pack, ref)),
        effect: () => rejectionStatus(admin.rules.get(ref)),
      };
    },
  },
  {
    grant: 'rules:update',
    prepare: async (ctx, pack) => {
      const ref = await createRule(ctx, pack);
      return {
        call: (client) => client.rules.update(ref, CHANGED),
        effect: async () => (await ctx.client.rules.get(ref)).label,
      };
    },
  },
  {
    grant: 'rules:delete',
    prepare: async (ctx, pack) => {
      const ref = await createRule(ctx, pack);
      return { call: (client) => client.rules.remove(ref), effect: () => rejectionStatus(ctx.client.rules.get(ref)) };
    },
  },
];

const OTHERS: readonly GuardedOperation[] = [
  {
    grant: 'keys:create',
    prepare: ({ client: admin, name, defer }, pack) => {
      const ref = name('key');
      defer(() => admin.keys.removeIfExists(ref));
      const key = { ref, name: ref, value: 1, owner_type: 'pack' as const, owner_pack_ref: pack };
      return {
        call: (client) => client.keys.create(key),
        effect: () => rejectionStatus(admin.keys.get(ref)),
      };
    },
  },
  {
    grant: 'identities:create',
    prepare: ({ client: admin, facts, name, defer }) => {
      const login = `${name('created')}@example.test`;
      const password = `Pass-${randomName(16)}`;
      return {
        call: async (client) => {
          const { id } = await client.identities.create({ login, password });
          defer(() => admin.identities.remove(id));
        },
        effect: () => rejectionStatus(logIn({ baseUrl: facts.url }, login, password)),
      };
    },
  },
];

/** Twelve operations that every platform guards. */
export const GUARDED_OPERATIONS: readonly GuardedOperation[] = [...PACKS, ...ACTIONS, ...RULES, ...OTHERS];
