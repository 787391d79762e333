// Spec: the audit log names who changed what, and who was denied, without any secret value.
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import { claim } from '../../../../helpers/scenario/claim';
import { expectHidden } from '../../../../helpers/scenario/resources/secret-encodings';
import { createTestUser } from '../../../../helpers/scenario/resources/test-users';

claim('T3.28a', ['rbac', 'keys.encryption'], 'each change is one row with its actor, object and end', async (ctx) => {
  const { id, login, client } = await createTestUser(ctx, 'core.admin');
  const ref = ctx.name('k');
  const secret = `${ctx.nonce}-secret`;
  const owner = { owner_type: 'pack' as const, owner_pack_ref: await ctx.ownPack() };
  const key = { ref, name: ref, ...owner, encrypted: true };
  const rowsOf = (resource_ref: string) => ctx.client.auditEvents.list({ resource_ref });
  expect(await rowsOf(ref)).toEqual([]);

  await client.keys.create({ ...key, value: secret });
  ctx.defer(() => ctx.client.keys.removeIfExists(ref));
  await expect(client.keys.create({ ...key, value: secret })).rejects.toMatchObject({ status: 409 });
  await client.keys.remove(ref);

  const rows = await rowsOf(ref);
  const shown = rows.map((row) => [row.http_method, row.http_status, row.outcome, row.event_type]);
  expect(shown).toEqual([
    ['DELETE', 200, 'success', 'keys.delete'],
    ['POST', 409, 'failure', 'keys.create'],
    ['POST', 201, 'success', 'keys.create'],
  ]);
  expect(rows.map((row) => [row.actor_identity, row.actor_login])).toEqual(rows.map(() => [id, login]));
  const whole = await Promise.all(rows.map((row) => ctx.client.auditEvents.get(row.id)));
  expectHidden(secret, login, ...whole);
});

claim('T3.28b', ['rbac'], 'a denied request is one row of its caller, who cannot read the log', async (ctx) => {
  const { id, client } = await createTestUser(ctx, 'core.viewer');
  const ref = ctx.name('pack');

  const statuses = [
    await rejectionStatus(client.packs.create({ ref, label: 'denied', version: '1.0.0' })),
    await rejectionStatus(client.auditEvents.list({ actor_identity: id })),
  ];

  expect(statuses).toEqual([403, 403]);
  const rows = await ctx.client.auditEvents.list({ actor_identity: id, outcome: 'denied' });
  const denied = rows.filter(({ http_method }) => http_method === 'POST');
  expect(denied.map((row) => [row.http_path, row.http_status])).toEqual([['/api/v1/packs', 403]]);
  expect(await ctx.client.packs.getOrNull(ref)).toBeNull();
});
