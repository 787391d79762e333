// Spec: what programs and users save as artifacts is kept and numbered, for those who may read it.
import { executionToBe, predicateToHold } from '../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../helpers/scenario/polling';
import { createArtifact } from '../../../helpers/scenario/resources/artifacts';
import {
  isAbout,
  notificationsMatching,
  notificationsToArrive,
  openNotifierSocket,
} from '../../../helpers/scenario/resources/notifications';
import { createScriptAction } from '../../../helpers/scenario/resources/script-action';
import { createTestTenant } from '../../../helpers/scenario/resources/test-tenant';
import { createTestUser } from '../../../helpers/scenario/resources/test-users';
import { systemTest, systemTestNeeding } from '../support/system-test';

/** The refusal of a call: its status. */
const statusOf = (call: Promise<unknown>): Promise<number> =>
  call.then(
    () => 200,
    (error: unknown) => (error as { readonly status: number }).status,
  );

systemTest('S0-45 a program saves files as versions of an artifact of its action', async (ctx) => {
  const { client } = ctx;
  await ctx.ownCopy('e2e-api');
  const ref = `${ctx.name('report')}.daily`;
  const save = async (text: string) => {
    const { id } = await client.executions.execute({
      action_ref: ctx.action('save-artifact'),
      parameters: { ...ctx.ledgerInput('save'), ref, text },
    });
    const { result } = await until(executionToBe('completed', client, id), ctx.deadline);
    return { id, data: (result as { readonly data: object }).data };
  };

  const first = await save('one ü');
  const { id: artifact, owner } = await client.artifacts.byRef(ref);
  ctx.defer(() => client.artifacts.remove(artifact));

  expect(owner).toBe(ctx.action('save-artifact'));
  const file_path = `${ref.replace('.', '/')}/v1.txt`;
  expect(first.data).toMatchObject({ status: 201, foreign_status: 403, version: { version: 1, file_path } });
  expect(await client.artifacts.download(artifact)).toBe('one ü');
  const second = await save('two');
  expect(second.data).toMatchObject({ status: 201, version: { version: 2 } });
  expect(await client.artifacts.downloadVersion(artifact, 1)).toBe('one ü');
  expect(await client.artifacts.downloadVersion(artifact, 2)).toBe('two');
  const versions = await client.artifacts.versions(artifact);
  expect(versions.map(({ version, execution }) => [version, execution])).toEqual([
    [2, second.id],
    [1, first.id],
  ]);
  expect((await client.artifacts.ofExecution(second.id)).map((found) => found.ref)).toContain(ref);
  const isMeasured = async () => (await client.artifacts.get(artifact)).size_bytes !== null;
  await until(predicateToHold('the size of the newest file to be recorded', isMeasured), ctx.deadline);
  expect((await client.artifacts.latest(artifact)).size_bytes).toBe(3);
  await expect(client.artifacts.byRef(`${ref}.foreign`)).rejects.toMatchObject({ status: 404 });
});

systemTestNeeding('tenants')('S0-45 a file is reserved before the first program of a tenant', async (ctx) => {
  const { client } = await createTestTenant(ctx, 'new');
  const pack = ctx.name('pack');
  await client.packs.create({ ref: pack, label: 'Pack', version: '1.0.0' });
  const script = 'printf hi > "$ATTUNE_ARTIFACTS_DIR/$path"';
  const action = await createScriptAction({ client, name: ctx.name }, pack, script, { path: { type: 'string' } });

  const { artifact, file_path } = await client.artifacts.addFileByRef(`${pack}.early`, { scope: 'pack', owner: pack });
  const { id } = await client.executions.execute({ action_ref: action, parameters: { path: file_path! } });
  await until(executionToBe('completed', client, id), ctx.deadline);

  expect(await client.artifacts.download(artifact)).toBe('hi');
});

systemTest('S0-46 uploads at once get numbers of their own, and the newest are kept', async (ctx) => {
  const { artifacts } = ctx.client;
  const ref = ctx.name('uploads');
  const upload = async (n: number) => {
    const bytes = Buffer.from([0, 255, n]);
    const fields = { scope: 'system', type: 'file_binary', retention_limit: 3 } as const;
    const { version, size_bytes } = await artifacts.uploadByRef(ref, bytes, fields);
    return { version, size_bytes, bytes };
  };

  const uploads = await Promise.all(Array.from({ length: 12 }, (_none, n) => upload(n)));
  const { id } = await artifacts.byRef(ref);
  ctx.defer(() => artifacts.remove(id));

  const numbers = uploads.map(({ version }) => version).sort((a, b) => a - b);
  expect(numbers).toEqual(Array.from({ length: 12 }, (_none, n) => n + 1));
  expect(uploads.map(({ size_bytes }) => size_bytes)).toEqual(uploads.map(() => 3));
  expect((await artifacts.versions(id)).map(({ version }) => version)).toEqual([12, 11, 10]);
  const newest = uploads.find(({ version }) => version === 12);
  expect([...(await artifacts.downloadBytes(id))]).toEqual([...newest!.bytes]);
  await artifacts.removeVersion(id, 12);
  expect((await upload(99)).version).toBe(13);
  expect(await statusOf(artifacts.downloadVersion(id, 12))).toBe(404);
});

systemTest('S0-48 a private artifact is hidden, and a public one is read only', async (ctx) => {
  const { client: viewer } = await createTestUser(ctx, 'core.viewer');
  const pack = await ctx.ownPack();
  const { id: hidden } = await createArtifact(ctx, 'hidden');
  const { id: ofPack } = await createArtifact(ctx, 'of-pack', { scope: 'pack', owner: pack });
  const { id: open } = await createArtifact(ctx, 'open', { visibility: 'public', data: { n: 1 } });

  const statuses = async (id: number) => [
    await statusOf(viewer.artifacts.get(id)),
    await statusOf(viewer.artifacts.replaceData(id, 2)),
    await statusOf(viewer.artifacts.remove(id)),
  ];
  expect(await statuses(hidden)).toEqual([404, 404, 404]);
  expect(await statuses(open)).toEqual([200, 403, 403]);
  expect((await viewer.artifacts.list({ scope: 'system' })).map(({ id }) => id)).not.toContain(hidden);
  expect((await ctx.client.artifacts.update(hidden, { visibility: 'public' })).visibility).toBe('public');
  expect(await statusOf(viewer.artifacts.get(hidden))).toBe(200);
  expect((await ctx.client.artifacts.get(open)).data).toEqual({ n: 1 });
  const { ref } = await ctx.client.packs.get(pack);
  expect((await ctx.client.artifacts.get(ofPack)).owner).toBe(ref);
});

systemTest('S0-49 subscribers receive the changes of artifacts that they may read', async (ctx) => {
  const { token } = await createTestUser(ctx, 'core.viewer');
  const viewer = await openNotifierSocket(ctx, ['entity_type:artifact'], token);
  const admin = await openNotifierSocket(ctx, ['entity_type:artifact']);

  const hidden = await createArtifact(ctx, 'hidden');
  const progress = await createArtifact(ctx, 'progress', { type: 'progress', name: 'Steps' });
  await ctx.client.artifacts.appendProgress(progress.id, { percent: 50, message: 'half' });

  const ofProgress = isAbout('artifact', progress.id);
  const { id, ref } = progress;
  const base = { id, ref, type: 'progress', visibility: 'public', name: 'Steps', scope: 'system', owner: '' };
  const changes = { progress_percent: 50, progress_message: 'half', progress_entries: 1 };
  for (const socket of [admin, viewer]) {
    const received = await until(notificationsToArrive(2, 'progress', socket, ofProgress), ctx.deadline);
    expect(received.map(({ notification_type, payload }) => [notification_type, payload])).toMatchObject([
      ['artifact_created', base],
      ['artifact_updated', { ...base, ...changes }],
    ]);
  }
  expect(notificationsMatching(admin, isAbout('artifact', hidden.id))).toHaveLength(1);
  expect(notificationsMatching(viewer, isAbout('artifact', hidden.id))).toEqual([]);
});
