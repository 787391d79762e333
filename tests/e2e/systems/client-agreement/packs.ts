import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { renderPack } from '../../../../helpers/fixtures/fixture-pack';
import { SUCCESS, createAction, createPack, expectNotServed, type VerbTestContext } from './verb-test-context';

/** Packs: created, uploaded, registered and installed. */
export async function packs(setup: VerbTestContext): Promise<void> {
  const { ctx, client, hasExtensions } = setup;
  const ref = await createPack(setup);
  expect(await client.packs.update(ref, { version: '1.1.0' })).toMatchObject({ ref, version: '1.1.0' });
  expect([(await client.packs.get(ref)).ref, await client.packs.getOrNull(`${ref}-none`)]).toEqual([ref, null]);
  expect((await client.packs.page({ page: 1, per_page: 1 })).items).toHaveLength(1);
  expect((await client.packs.list()).map((pack) => pack.ref)).toContain(ref);

  const directory = `${ctx.facts.incoming ?? ctx.facts.directory}/${ctx.name('files')}`;
  renderPack('e2e', ref, directory);
  expect((await client.packs.upload(directory, { force: true })).pack.ref).toBe(ref);
  expect((await client.packs.register({ path: directory, force: true, skip_tests: true })).ref).toBe(ref);
  expect((await client.packs.install({ source: directory, skip_tests: true })).pack.ref).toBe(ref);
  const batch = await client.packs.registerBatch({ pack_paths: [directory], force: true });
  expect(batch.registered_packs.map((pack) => pack.pack_ref)).toEqual([ref]);
  expect((await client.packs.syncWorkflows(ref)).registered_count).toBe(0);
  expect((await client.packs.validateWorkflows(ref)).error_count).toBe(0);
  expect((await client.packs.actions(ref)).map((action) => action.ref)).toContain(`${ref}.echo-params`);
  const rest = [client.packs.workflows, client.packs.triggers, client.packs.rules, client.packs.runtimes];
  expect(await Promise.all(rest.map(async (list) => (await list(ref)).length))).toEqual([0, 0, 0, 0]);
  if (hasExtensions) expect([await client.packs.environments(ref), await client.packs.rebuild(ref)]).toEqual([[], []]);
  else await expectNotServed(client.packs.environments(ref), client.packs.rebuild(ref));

  await expect(client.packs.test(ref)).rejects.toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  await expect(client.packs.latestTest(ref)).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  expect(await client.packs.tests(ref)).toEqual([]);

  await sourcePacks(setup, directory, ref);
  await packIndices(setup);

  const removedRef = ctx.name('gone');
  await client.packs.create({ ref: removedRef, label: 'gone', version: '1.0.0' });
  expect(await client.packs.remove(removedRef)).toMatchObject(SUCCESS);
}

async function sourcePacks({ client }: VerbTestContext, directory: string, ref: string): Promise<void> {
  const analysis = await client.packs.dependencies([directory]);
  expect(analysis.analyzed_packs.map((pack) => pack.pack_ref)).toEqual([ref]);
  const environments = await client.packs.detectEnvironments({ pack_paths: [directory] });
  expect(environments.summary).toMatchObject({ total_packs: 1, success_count: 1 });
  const downloads = await client.packs.download({ packs: ['http://169.254.169.254/x'], destination_dir: '' });
  expect(downloads).toMatchObject({ downloaded_packs: [], total_count: 1, failure_count: 1 });
  await expect(client.packs.archive(ref)).rejects.toMatchObject({ status: 403 });
}

async function packIndices({ ctx, client }: VerbTestContext): Promise<void> {
  const index = await client.packIndices.create({ url: 'https://index.example.com/packs.json', enabled: false });
  expect(await client.packIndices.update(index.id, { name: 'ours' })).toMatchObject({ id: index.id, name: 'ours' });
  expect((await client.packIndices.list()).map(({ id }) => id)).toContain(index.id);
  expect(await client.packIndices.search(ctx.name('none'))).toEqual([]);
  await expect(client.packIndices.get(ctx.name('none'))).rejects.toMatchObject({ status: 404, code: 'NOT_FOUND' });
  expect(await client.packIndices.remove(index.id)).toMatchObject(SUCCESS);
}

/** Of a workflow with this first definition. */
async function revisions({ client, hasExtensions }: VerbTestContext, flow: string, definition: Definition) {
  const draft = { definition: { ...definition, vars: { greeting: 'hi' } } };
  if (!hasExtensions) {
    await expectNotServed(
      ...[client.workflows.createRevision(flow, draft), client.workflows.compileRevision(flow, 1)],
      ...[client.workflows.revision(flow, 1), client.workflows.revisions(flow)],
      client.workflows.explainRevision(flow, 1),
      client.workflows.execute(flow, { data: {} }),
    );
    return;
  }
  expect(await client.workflows.createRevision(flow, draft)).toMatchObject({ revision: 2, state: 'draft' });
  expect(await client.workflows.compileRevision(flow, 2)).toMatchObject({ revision: 2, state: 'ready', changed: true });
  expect(await client.workflows.revision(flow, 2)).toMatchObject({ state: 'ready', definition: draft.definition });
  expect(await client.workflows.explainRevision(flow, 2)).toMatchObject({ revision: 2, stale: false });
  expect((await client.workflows.revisions(flow)).map(({ revision }) => revision)).toEqual([1, 2]);
  expect(await client.workflows.execute(flow, { data: {} })).toMatchObject({ action_ref: flow, revision: 2 });
}

type Definition = Parameters<VerbTestContext['client']['workflows']['create']>[0]['definition'];

/** Actions, workflows and runtimes. */
export async function actionsAndWorkflows(setup: VerbTestContext): Promise<void> {
  const { client } = setup;
  const pack = await createPack(setup);
  const { ref } = await createAction(setup, pack, 'made', 'cat');
  expect(await client.actions.update(ref, { label: 'changed' })).toMatchObject({ ref, label: 'changed' });
  expect((await client.actions.get(ref)).label).toBe('changed');
  expect((await client.actions.list()).map((action) => action.ref)).toContain(ref);
  expect((await client.actions.search('changed', [pack])).map((hit) => hit.ref)).toEqual([ref]);
  expect(await client.actions.rules(ref)).toEqual([]);
  expect(await rejectionStatus(client.actions.queueStats(ref))).toBe(404);

  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: ref }] };
  const flow = `${pack}.flow`;
  await client.workflows.create({ ref: flow, pack_ref: pack, label: 'flow', version: '1.0.0', definition });
  expect(await client.workflows.update(flow, { label: 'changed' })).toMatchObject({ ref: flow, label: 'changed' });
  expect((await client.workflows.get(flow)).definition).toMatchObject(definition);
  await revisions(setup, flow, definition);
  const file = { name: 'filed', pack_ref: pack, label: 'filed', version: '1.0.0', definition };
  await client.workflows.createFile(file);
  expect(await client.workflows.updateFile(`${pack}.filed`, { ...file, label: 'again' })).toMatchObject({
    label: 'again',
  });
  await client.workflows.remove(`${pack}.filed`);
  expect((await client.workflows.list({ pack_ref: pack })).map((one) => one.ref)).toEqual([flow]);
  expect([await client.workflows.remove(flow), await client.actions.remove(ref)]).toMatchObject([SUCCESS, SUCCESS]);
  const runtime = { ref: `${pack}.own`, pack_ref: pack, name: 'Own', distributions: {}, execution_config: {} };
  await client.runtimes.create(runtime);
  expect(await client.runtimes.update(runtime.ref, { name: 'Changed' })).toMatchObject({
    ref: runtime.ref,
    name: 'Changed',
  });
  expect(await client.runtimes.remove(runtime.ref)).toMatchObject(SUCCESS);
  expect((await client.runtimes.list()).map((runtime) => runtime.ref)).toContain('core.shell');
  expect((await client.runtimes.get('core.shell')).ref).toBe('core.shell');
}
