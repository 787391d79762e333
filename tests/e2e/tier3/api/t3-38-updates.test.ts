// Spec: a request gives the fields that it names, and an update leaves every other one as it was.
import { createHash } from 'node:crypto';
import { claim } from '../../../../helpers/scenario/claim';
import { runToEnd } from '../../../../helpers/scenario/resources/ended-executions';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { expectHidden } from '../../../../helpers/scenario/resources/secret-encodings';
import { childOf } from '../../../../helpers/scenario/resources/workflow-runs';
import { COMPONENT_UPDATES } from '../../support/updates/component-updates';
import { OBJECT_UPDATES } from '../../support/updates/object-updates';
import { expectCreations, expectUpdates } from '../../support/updates/update-table';

claim('T3.38a', ['core', 'rbac'], 'an update of a component changes what it names alone', async (ctx) => {
  await expectUpdates({ ctx, pack: await ctx.ownPack() }, COMPONENT_UPDATES);
});

claim('T3.38b', ['core', 'rbac'], 'an update of an object changes what it names alone', async (ctx) => {
  await expectUpdates({ ctx, pack: await ctx.ownPack() }, OBJECT_UPDATES);
});

/** No request of users creates these with fields of their own. */
const NOT_CREATED = ['/permissions/sets/{id}', '/tenants/{slug}'];

claim('T3.38d', ['core', 'rbac'], 'a new object has each field that its request gives', async (ctx) => {
  const tables = [...COMPONENT_UPDATES, ...OBJECT_UPDATES].filter(({ route }) => !NOT_CREATED.includes(route));
  await expectCreations({ ctx, pack: await ctx.ownPack() }, tables);
});

const SECRETS = ['core', 'rbac', 'secrets.redaction'];

const PRINT_HASH = `printf '%s' "$token" | sha256sum | cut -c 1-64`;

claim('T3.38c', SECRETS, 'a schema that is sent back as it was shown keeps its secret defaults', async (ctx) => {
  const { actions, workflows } = ctx.client;
  const [ofAction, ofWorkflow, ofFile] = [ctx.name('secret'), ctx.name('secret'), ctx.name('secret')];
  const schemaOf = (secret: string) => ({ token: { type: 'string', secret: true, default: secret } });
  const action = await createScriptAction(ctx, await ctx.ownPack(), PRINT_HASH, schemaOf(ofAction));
  const tasks = [{ name: 'T', action, input: { token: '{{ parameters.token }}' } }];
  const { ref: flow } = await ctx.workflow(tasks, { param_schema: schemaOf(ofWorkflow) });
  const file = { name: 'filed', pack_ref: await ctx.ownPack(), label: 'file', version: '1.0.0', definition: { tasks } };
  const { ref: filed } = await workflows.createFile({ ...file, param_schema: schemaOf(ofFile) });

  const shown = [(await actions.get(action)).param_schema!, (await workflows.get(flow)).param_schema!];
  shown.push((await workflows.get(filed)).param_schema!);
  const updated = [
    await actions.update(action, { label: 'other', param_schema: shown[0]! }),
    await workflows.update(flow, { label: 'other', param_schema: shown[1]! }),
    await workflows.updateFile(filed, { ...file, label: 'other', param_schema: shown[2]! }),
  ];
  const alone = await runToEnd(ctx, action);
  const task = await childOf(ctx, (await runToEnd(ctx, flow)).id, 'T');
  const ofFiled = await childOf(ctx, (await runToEnd(ctx, filed)).id, 'T');

  expect(updated.map((each) => [each.label, each.param_schema])).toEqual(shown.map((schema) => ['other', schema]));
  const secrets = [ofAction, ofWorkflow, ofFile];
  for (const secret of secrets) expectHidden(secret, 'token', ...updated);
  const hashOf = (secret: string) => `${createHash('sha256').update(secret).digest('hex')}\n`;
  expect([alone.result, task.result, ofFiled.result]).toMatchObject(secrets.map((each) => ({ stdout: hashOf(each) })));
});
