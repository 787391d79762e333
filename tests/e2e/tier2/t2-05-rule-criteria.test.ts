// Spec: a rule enforces exactly the events that its criteria match; no event breaks the rule.
import { claim } from '../../../helpers/scenario/claim';
import { expectMatches, ruleWithCriteria } from '../../../helpers/scenario/resources/criteria-rows';
import type { Parameters } from '../../../helpers/scenario/resources/workflow-task';

const NEEDS = ['core', 'ledger.shared'];

claim('T2.5a', NEEDS, 'equality matches one of five similar values', async (ctx) => {
  const hook = await ruleWithCriteria(ctx, 'false');
  const ofAnotherTrigger = `event.trigger != '${hook.trigger.ref}' or event.trigger_ref != '${hook.trigger.ref}'`;
  const expression = `event.payload.status == 'critical' or ${ofAnotherTrigger}`;
  await ctx.client.rules.update(hook.rule.ref, { conditions: { expression } });
  const rows = ['info', 'CRITICAL', 'critical ', '', 'critical'].map((status) => ({ status }));

  await expectMatches(ctx, hook, rows, [5]);
});

claim('T2.5b', NEEDS, 'greater-than is strict and numeric', async (ctx) => {
  const hook = await ruleWithCriteria(ctx, 'event.payload.value > 100');
  const { rules } = ctx.client;
  await rules.update(hook.rule.ref, { permission_set_refs: ['core.viewer'] });
  await rules.disable(hook.rule.ref);
  await rules.update(hook.rule.ref, { label: 'renamed' });

  const enabled = await rules.enable(hook.rule.ref); // with the same criteria

  expect(enabled).toMatchObject({ label: 'renamed', permission_set_refs: ['core.viewer'] });
  const rows = [100, 99.999, -150, 100.001, 9, 101].map((value) => ({ value }));
  await expectMatches(ctx, hook, rows, [4, 6]);
});

claim('T2.5c', NEEDS, 'list membership is exact', async (ctx) => {
  const hook = await ruleWithCriteria(ctx, "{{ event.payload.environment in ['prod', 'staging'] }}");
  const rows = ['dev', 'production', '', 'stag', 'prod', 'staging'].map((environment) => ({ environment }));

  await expectMatches(ctx, hook, rows, [5, 6]);
});

claim('T2.5d', NEEDS, 'and, or and not follow precedence without parentheses', async (ctx) => {
  const [A, B, C] = ["event.payload.severity == 'high'", 'event.payload.count > 10', 'event.payload.override == true'];
  const hook = await ruleWithCriteria(ctx, `${A} and ${B} or ${C} and not ${A}`);
  const rows = ['000', '010', '100', '101', '001', '011', '110', '111'].map(([a, b, c]) => ({
    severity: a === '1' ? 'high' : 'low',
    count: b === '1' ? 11 : 10,
    override: c === '1',
  }));

  await expectMatches(ctx, hook, rows, [5, 6, 7, 8]);
});

claim('T2.5e', NEEDS, 'missing fields and wrong types do not match', async (ctx) => {
  const hook = await ruleWithCriteria(ctx, 'event.payload.any == true or event.payload.value > 100');
  const wrong = [null, '150', [150]].map((value) => ({ any: false, value }));
  const matching = [{ any: true }, { any: false, value: 150 }];

  await expectMatches(ctx, hook, [null, {}, { any: false }, ...wrong, ...matching], [7, 8]);

  expect(await ctx.client.rules.get(hook.rule.ref)).toMatchObject({ enabled: true });
});

const EMPTY_FIELDS = { locked: false, count: 0, note: '', none: null };

const OWNER = { id: 1, name: 'n' };

const CRITERIA: Parameters[] = [
  { field: 'user.role', operator: 'equals', value: 'admin' },
  { field: 'level', operator: 'equals', value: 3 },
  { field: 'text', operator: 'contains', value: 'alarm' },
  { field: 'state', operator: 'not_equals', value: 'off' },
  { field: 'list', operator: 'not_equals', value: [1, 2] },
  { field: 'owner', operator: 'equals', value: OWNER },
  ...Object.entries(EMPTY_FIELDS).map(([field, value]) => ({ field, operator: 'equals', value })),
];

const SUBJECT = { user: { role: 'admin' }, level: 3, owner: { name: OWNER.name, id: OWNER.id }, ...EMPTY_FIELDS };

const MATCHING = { ...SUBJECT, text: 'an alarm', state: 'on', list: [1] };

/** Each differs from a matching subject in one part. */
const DIFFERING: Parameters[] = [
  { ...MATCHING, user: { role: 'Admin' } },
  { ...MATCHING, user: {}, 'user.role': 'admin' },
  { ...MATCHING, level: '3' },
  { ...MATCHING, count: false },
  { ...MATCHING, text: 'an Alarm' },
  { ...SUBJECT, state: 'on' },
  { ...MATCHING, state: 'off' },
  { ...SUBJECT, text: 'an alarm' },
  { ...MATCHING, list: [1, 2] },
];

claim('T2.5h', NEEDS, 'a list of criteria matches when each of its items does', async (ctx) => {
  const hook = await ruleWithCriteria(ctx, CRITERIA);

  await expectMatches(ctx, hook, [...DIFFERING, { ...MATCHING, state: 'OFF' }, MATCHING], [10, 11]);
});
