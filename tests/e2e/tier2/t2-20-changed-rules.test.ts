// Spec: a change of a rule is checked like its creation, and one that is rejected changes nothing.
import { rejectionStatus } from '../../../helpers/client/rejection-status';
import { claim, type Context } from '../../../helpers/scenario/claim';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { storeKey } from '../../../helpers/scenario/resources/stored-keys';

const PARAMETERS = { n: { type: 'integer', required: true }, text: { type: 'string' } };

/** A trigger and an action with parameters, a key, and what a rule on them has. */
async function createParts(ctx: Context) {
  const pack_ref = await ctx.ownPack();
  const trigger_ref = `${pack_ref}.trigger`;
  const trigger = { pack_ref, label: 'trigger', param_schema: PARAMETERS };
  const out_schema = { word: { type: 'string', secret: true } };
  await ctx.client.triggers.create({ ...trigger, ref: trigger_ref });
  await ctx.client.triggers.create({ ...trigger, ref: `${pack_ref}.of-secrets`, out_schema });
  const action_ref = await createScriptAction(ctx, pack_ref, 'true', PARAMETERS);
  const key = { ref: `${pack_ref}.key`, name: 'key', value: ctx.nonce, encrypted: true };
  await storeKey(ctx, { ...key, owner_type: 'pack', owner_pack_ref: pack_ref });
  const action_params = { n: 1, text: '{{ event.payload.word }}' };
  return { pack_ref, trigger_ref, action_ref, action_params, trigger_params: { n: 1 } };
}

type RuleChange = Parameters<Context['client']['rules']['update']>[1];

/** Each change that a rule may not have, and the status that rejects it. */
const REJECTED = (pack: string): readonly [RuleChange, number][] => [
  [{ action_params: {} }, 422],
  [{ action_params: { n: 'text' } }, 422],
  [{ action_params: { n: 1, text: '{{ keystore.key }}' } }, 422],
  [{ trigger_params: {} }, 422],
  [{ trigger_params: { n: 'text' } }, 422],
  [{ action_ref: `${pack}.gone` }, 404],
  [{ trigger_ref: `${pack}.gone` }, 404],
  [{ trigger_ref: 'core.datetimetimer' }, 422],
  [{ trigger_ref: 'core.crontimer', trigger_params: { expression: '60 * * * * *' } }, 422],
  [{ trigger_ref: `${pack}.of-secrets` }, 422],
  [{ permission_set_refs: ['core.gone'] }, 404],
  [{ conditions: { expression: '1 +' } }, 422],
];

claim('T2.20g', ['core', 'rbac', 'rules.keystore'], 'a change of a rule is checked like its creation', async (ctx) => {
  const parts = await createParts(ctx);
  const { pack_ref } = parts;
  const { rules } = ctx.client;
  const rule = await rules.create({ ...parts, ref: `${pack_ref}.rule`, label: 'rule' });
  ctx.defer(() => rules.remove(rule.ref));
  const changes = REJECTED(pack_ref);
  const rejected = { ref: `${pack_ref}.rejected`, label: 'rejected' };

  const created = await Promise.all(
    changes.map(([change]) => rejectionStatus(rules.create({ ...parts, ...rejected, ...change }))),
  );
  const updated = await Promise.all(changes.map(([change]) => rejectionStatus(rules.update(rule.ref, change))));

  expect(created).toEqual(changes.map(([, status]) => status));
  expect(updated).toEqual(created);
  expect(await rules.get(rule.ref)).toEqual(rule);
});

/** A trigger or an action in one of two variants: whose parameter `token` is secret, or is not. */
const inVariant = (pack_ref: string, name: string, secret: boolean) => ({
  pack_ref,
  ref: `${pack_ref}.${name}`,
  label: name,
  param_schema: { token: { type: 'string', ...(secret && { secret }) } },
});

claim('T2.20h', ['core', 'rules.keystore'], 'a change that would show a stored secret is refused', async (ctx) => {
  const pack_ref = await ctx.ownPack();
  const { actions, triggers, rules } = ctx.client;
  const program = { runtime_ref: 'core.shell', entrypoint: 'true' };
  for (const secret of [true, false]) {
    await triggers.create(inVariant(pack_ref, `trigger-${secret}`, secret));
    await actions.create({ ...inVariant(pack_ref, `action-${secret}`, secret), ...program });
  }
  const token = { token: ctx.nonce };
  const secretRefs = { action_ref: `${pack_ref}.action-true`, trigger_ref: `${pack_ref}.trigger-true` };
  const parameters = { action_params: token, trigger_params: token };
  const rule = await rules.create({ ref: `${pack_ref}.rule`, pack_ref, label: 'rule', ...secretRefs, ...parameters });
  ctx.defer(() => rules.remove(rule.ref));
  const [action_ref, trigger_ref] = [`${pack_ref}.action-false`, `${pack_ref}.trigger-false`];

  const refused = [
    await rejectionStatus(rules.update(rule.ref, { action_ref })),
    await rejectionStatus(rules.update(rule.ref, { trigger_ref })),
    await rejectionStatus(rules.update(rule.ref, { action_ref, trigger_ref })),
  ];
  const kept = await rules.get(rule.ref);
  const other = { token: 'other' };
  const changed = await rules.update(rule.ref, {
    action_ref,
    trigger_ref,
    action_params: other,
    trigger_params: other,
  });

  expect(refused).toEqual([422, 422, 422]);
  expect(kept).toEqual(rule);
  expect(JSON.stringify(rule)).not.toContain(ctx.nonce);
  expect([changed.action_params, changed.trigger_params]).toEqual([other, other]);
});
