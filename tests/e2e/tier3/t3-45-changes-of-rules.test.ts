// Spec: each change of a rule is a row of its history, with the values before and after.
import { claim } from '../../../helpers/scenario/claim';
import { openTargetDatabase } from '../../../helpers/target/target-database';

interface Change {
  readonly operation: string;
  readonly changed_fields: readonly string[];
  readonly old_values: Readonly<Record<string, unknown>> | null;
  readonly new_values: Readonly<Record<string, unknown>> | null;
}

/** What a rule has at first, and then, one after the other. */
const FIRST = {
  label: 'first',
  description: 'first',
  conditions: { expression: 'true' },
  trigger_params: { first: 1 },
  action_params: { size: 1 },
  permission_set_refs: ['core.viewer'],
  enabled: true,
};
const LATER: Readonly<Record<keyof typeof FIRST, unknown>> = {
  label: 'later',
  description: 'later',
  conditions: [{ field: 'a', operator: 'equals', value: 1 }],
  trigger_params: { later: [2] },
  action_params: { size: 2 },
  permission_set_refs: [],
  enabled: false,
};

claim('T3.45a', ['core', 'rbac', 'sql'], 'each change of a rule is in its history, with its values', async (ctx) => {
  const { rules, triggers, actions } = ctx.client;
  const pack_ref = await ctx.ownPack();
  const named = (name: string) => ({ ref: `${pack_ref}.${name}`, pack_ref, label: name });
  const hooks = [await triggers.create(named('hook')), await triggers.create(named('hooks'))] as const;
  const script = { ...named('script'), entrypoint: 'true', runtime_ref: 'core.shell' };
  const { ref: action_ref } = await actions.create(script);
  const refs = { trigger_ref: hooks[0].ref, action_ref: 'core.noop' };
  const rule = await rules.create({ ...named('rule'), ...refs, ...FIRST });

  const changes = Object.entries({ ...LATER, trigger_ref: hooks[1].ref, action_ref });
  for (const [field, value] of changes) await rules.update(rule.ref, { [field]: value });
  await rules.remove(rule.ref);

  await using database = await openTargetDatabase(ctx.facts.databaseUrl);
  const found = await database.query<Change>(
    'select operation, changed_fields, old_values, new_values from rule_history where entity_ref = $1 order by id',
    [rule.ref],
  );
  const before: Readonly<Record<string, unknown>> = { ...FIRST, ...refs };
  const rest = { pack_ref, owner_identity: rule.owner_identity };
  const row = (operation: string, fields: string[], old_values: unknown, new_values: unknown) => ({
    operation,
    changed_fields: fields,
    old_values,
    new_values,
  });
  expect(found).toEqual([
    row('INSERT', [], null, { ...before, ...rest }),
    ...changes.map(([field, value]) => row('UPDATE', [field], { [field]: before[field] }, { [field]: value })),
    row('DELETE', [], { ...Object.fromEntries(changes), ...rest }, null),
  ]);
});
