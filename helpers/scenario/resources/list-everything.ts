import type { Client } from '../../client/client';

/** The refs of a tenant's own rows: the core pack is in every tenant. */
export const ownRefs = (rows: readonly { ref: string }[]) =>
  rows.map(({ ref }) => ref).filter((ref) => !ref.startsWith('core'));

/** Everything that a tenant lists, but for what the core pack contains. */
export const listEverything = async ({ packs, workflows, triggers, rules, ...lists }: Client) => {
  const idsOf = (rows: readonly { id: number }[]) => rows.map(({ id }) => id).sort((a, b) => a - b);
  return {
    ids: {
      identities: idsOf(await lists.identities.list()),
      rules: idsOf(await rules.list()),
      events: idsOf(await lists.events.list({})),
      enforcements: idsOf(await lists.enforcements.list({})),
      executions: idsOf(await lists.executions.list({})),
      inquiries: idsOf(await lists.inquiries.list()),
      keys: idsOf(await lists.keys.list()),
    },
    refs: {
      packs: ownRefs(await packs.list()),
      workflows: ownRefs(await workflows.list()),
      triggers: ownRefs(await triggers.list()),
      rules: ownRefs(await rules.list()),
    },
  };
};
