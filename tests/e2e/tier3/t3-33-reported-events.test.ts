// Spec: events of a trigger are reported by its sensor, and by programs of its pack.
import { claim, type Context } from '../../../helpers/scenario/claim';
import { inquiryTask } from '../../../helpers/scenario/resources/inquiry-task';
import { startWorkflow } from '../../../helpers/scenario/resources/workflow-runs';
import { callApi } from '../support/api-call';
import { createChangeableSet } from '../support/matrix/changeable-set';
import { createEmptyPack } from '../support/empty-pack';
import { forgeProgramToken, forgeToken, readTokenSecret } from '../support/forge-token';

/** Two triggers of the pack of the test, the first one of the sensor, and one of another pack. */
async function createTriggers(ctx: Context): Promise<string[]> {
  const pack_ref = await ctx.ownPack();
  const refs = ['seen', 'found'].map((name) => `${pack_ref}.${name}`);
  for (const ref of refs) await ctx.client.triggers.create({ ref, pack_ref, label: 'own' });
  return [...refs, (await createEmptyPack(ctx)).trigger];
}

claim(
  'T3.33m',
  ['core', 'inquiries.from_actions', 'rbac', 'sql'],
  'a sensor and a program report events of their own triggers',
  async (ctx) => {
    const triggers = await createTriggers(ctx);
    const [secret, { id: identity }] = [await readTokenSecret(ctx.facts), await ctx.client.auth.me()];
    const execution = await startWorkflow(ctx, [inquiryTask({})]);
    ctx.defer(() => ctx.client.executions.cancel(execution));
    const granted = await createChangeableSet(ctx.client, `${ctx.facts.directory}/fixtures`);
    ctx.defer(() => ctx.client.packs.remove(granted.pack));
    await granted.grant([{ resource: 'events', actions: ['create'], constraints: { refs: [triggers[2]!] } }]);
    const login = `${triggers[0]!}-sensor`;
    const program = { identity, execution };
    const tokens = {
      sensor: await forgeToken(secret, {
        identity,
        login,
        type: 'sensor',
        metadata: { trigger_types: [triggers[0]!] },
      }),
      program: await forgeProgramToken(secret, { ...program, permissionSets: ['core.viewer'] }),
      'with a grant': await forgeProgramToken(secret, { ...program, permissionSets: [granted.ref] }),
    };

    const statuses = Object.entries(tokens).map(async ([name, token]) => {
      const posts = triggers.map((trigger_ref) => callApi(token, 'POST', '/events', { trigger_ref, payload: {} }));
      return [name, (await Promise.all(posts)).map(({ status }) => status)] as const;
    });

    expect(Object.fromEntries(await Promise.all(statuses))).toEqual({
      sensor: [201, 403, 403],
      program: [201, 201, 403],
      'with a grant': [201, 201, 201],
    });
    const lists = triggers.map(async (trigger_ref) => (await ctx.client.events.list({ trigger_ref })).length);
    expect(await Promise.all(lists)).toEqual([3, 2, 1]);
  },
);
