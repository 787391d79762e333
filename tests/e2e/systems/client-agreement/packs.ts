import { renderPack } from '../../../../helpers/fixtures';
import { DONE, newAction, newPack, type Guide } from './guide';

/** Packs, made, uploaded and registered. */
export async function packs(guide: Guide): Promise<void> {
  const { ctx, client } = guide;
  const ref = await newPack(guide);
  expect(await client.packs.update(ref, { version: '1.1.0' })).toMatchObject({ ref, version: '1.1.0' });
  expect([(await client.packs.get(ref)).ref, await client.packs.getOrNull(`${ref}-none`)]).toEqual([ref, null]);
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
  expect([await client.packs.environments(ref), await client.packs.rebuild(ref)]).toEqual([[], []]);

  const gone = ctx.name('gone');
  await client.packs.create({ ref: gone, label: 'gone', version: '1.0.0' });
  expect(await client.packs.remove(gone)).toMatchObject(DONE);
}

/** What can be run, and how. */
export async function actionsAndWorkflows(guide: Guide): Promise<void> {
  const { client } = guide;
  const pack = await newPack(guide);
  const { ref } = await newAction(guide, pack, 'made', 'cat');
  expect(await client.actions.update(ref, { label: 'changed' })).toMatchObject({ ref, label: 'changed' });
  expect((await client.actions.get(ref)).label).toBe('changed');
  expect((await client.actions.list()).map((action) => action.ref)).toContain(ref);
  expect((await client.actions.search('changed', [pack])).map((hit) => hit.ref)).toEqual([ref]);
  expect(await client.actions.rules(ref)).toEqual([]);

  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: ref }] };
  const flow = `${pack}.flow`;
  await client.workflows.create({ ref: flow, pack_ref: pack, label: 'flow', version: '1.0.0', definition });
  expect(await client.workflows.update(flow, { label: 'changed' })).toMatchObject({ ref: flow, label: 'changed' });
  expect((await client.workflows.get(flow)).definition).toMatchObject(definition);
  const file = { name: 'filed', pack_ref: pack, label: 'filed', version: '1.0.0', definition };
  await client.workflows.createFile(file);
  expect(await client.workflows.updateFile(`${pack}.filed`, { ...file, label: 'again' })).toMatchObject({
    label: 'again',
  });
  await client.workflows.remove(`${pack}.filed`);
  expect((await client.workflows.list({ pack_ref: pack })).map((one) => one.ref)).toEqual([flow]);
  expect([await client.workflows.remove(flow), await client.actions.remove(ref)]).toMatchObject([DONE, DONE]);
  const made = { ref: `${pack}.own`, pack_ref: pack, name: 'Own', distributions: {}, execution_config: {} };
  await client.runtimes.create(made);
  expect(await client.runtimes.update(made.ref, { name: 'Changed' })).toMatchObject({ ref: made.ref, name: 'Changed' });
  expect(await client.runtimes.remove(made.ref)).toMatchObject(DONE);
  expect((await client.runtimes.list()).map((runtime) => runtime.ref)).toContain('core.shell');
  expect((await client.runtimes.get('core.shell')).ref).toBe('core.shell');
}
