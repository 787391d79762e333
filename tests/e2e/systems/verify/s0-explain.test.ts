// Spec: an explanation states what a compile would give, and neither stores nor starts anything.
import { join } from 'node:path';
import { runCommand } from '../../support/commands/command-line';
import type { Context } from '../../../../helpers/scenario/context';
import { replaceInFile, uploadDemoPack, type PackCopy } from '../../support/pack-copy';
import { countExecutions } from '../../../../helpers/scenario/resources/workflow-runs';
import { systemTestNeeding } from '../../support/system-test';

const test = systemTestNeeding('workflows.revisions');

/** Replaces a constant of the demo, and uploads it again. */
async function changeDemo({ client }: Context, { directory }: PackCopy): Promise<void> {
  replaceInFile(join(directory, 'actions/summarize.py'), '"words": len', '"words": 100 + len');
  await client.packs.upload(directory, { force: true });
}

const DIGEST = expect.stringMatching(/^[0-9a-f]{64}$/) as string;

test('S0-43 an explanation has the plan, and what each template reads', async (ctx) => {
  const { ref, workflow } = await uploadDemoPack(ctx);
  const { plan_digest, plan } = await ctx.client.workflows.revision(workflow, 1);

  const explanation = await ctx.client.workflows.explainRevision(workflow, 1);

  expect(explanation).toMatchObject({ stale: false, findings: [], plan_digest, current_plan_digest: plan_digest });
  expect(explanation.tasks).toMatchObject([
    { task: 'summarize', kind: 'action', action: `${ref}.summarize`, stale: false, pinned_digest: DIGEST },
    { task: 'extract_entities', kind: 'action', action: `${ref}.extract_entities`, stale: false },
  ]);
  expect(explanation.tasks.map(({ pinned_digest }) => pinned_digest)).toEqual(
    plan?.actions.map(({ digest }) => digest),
  );
  expect(explanation.tasks[1]?.templates).toEqual([{ place: '/input/text', reads: ['task.summarize.data.summary'] }]);
  expect(explanation.output).toEqual([
    { place: '/summarize', reads: ['task.summarize.data'] },
    { place: '/extract_entities', reads: ['task.extract_entities.data'] },
  ]);
});

test('S0-43 an explanation names what is stale, and stores nothing', async (ctx) => {
  const pack = await uploadDemoPack(ctx);
  const { client } = ctx;
  const outer = `${pack.ref}.outer`;
  const definition = { tasks: [{ name: 'inner', action: pack.workflow, input: { text: 'One.' } }] };
  await client.workflows.create({ ref: outer, pack_ref: pack.ref, label: 'outer', version: '1', definition });
  await changeDemo(ctx, pack);
  const before = await client.workflows.revision(pack.workflow, 1);

  const inner = await client.workflows.explainRevision(pack.workflow, 1);
  const after = await client.workflows.revision(pack.workflow, 1);
  const compiled = await client.workflows.compileRevision(pack.workflow, 1);
  const above = await client.workflows.explainRevision(outer, 1);

  expect(inner).toMatchObject({ stale: true, current_plan_digest: compiled.plan_digest });
  expect(inner.plan_digest).toBe(before.plan_digest);
  expect(inner.tasks[0]).toMatchObject({ task: 'summarize', stale: true });
  expect(inner.tasks[0]?.current_digest).toBe(compiled.plan?.actions[0]?.digest);
  expect(above).toMatchObject({ stale: true, tasks: [{ task: 'inner', kind: 'workflow', stale: true }] });
  expect(after).toEqual(before);
  expect(await countExecutions(ctx, pack.workflow)).toBe(0);
});

test('S0-43 the command explains a ref that is stale, and does not compile it', async (ctx) => {
  const pack = await uploadDemoPack(ctx);
  await changeDemo(ctx, pack);
  const before = await ctx.client.workflows.revision(pack.workflow, 1);

  const { code, stdout } = await runCommand(ctx, ['compile', pack.workflow, '--explain', '--target', ctx.facts.url]);

  const digest = '[0-9a-f]{12}';
  expect(code).toBe(0);
  expect(stdout[0]).toMatch(new RegExp(` {2}revision 1 {2}ready {2}stale: plan ${digest}, a compile gives ${digest}$`));
  expect(stdout).toContain('     /input/text reads task.summarize.data.summary');
  expect(await ctx.client.workflows.revision(pack.workflow, 1)).toEqual(before);
  expect(await countExecutions(ctx, pack.workflow)).toBe(0);
});

test('S0-43 the command explains a file without a platform', async (ctx) => {
  const { workflow, directory } = await uploadDemoPack(ctx);
  const [, name] = workflow.split('.');
  const file = join(directory, `workflows/${name}.yaml`);

  const ofFile = await runCommand(ctx, ['compile', file, '--explain', '--json'], { env: { PLATFORM_URL: '' } });
  const ofNone = await runCommand(ctx, ['compile', `${directory}/none.yaml`, '--explain']);

  expect([ofFile.code, ofNone.code]).toEqual([0, 2]);
  expect(JSON.parse(ofFile.stdout[0]!)).toMatchObject({ findings: [], tasks: [{ task: 'summarize' }, {}] });
});
