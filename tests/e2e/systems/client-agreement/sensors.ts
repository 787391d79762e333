import { SUCCESS, createPack, type VerbTestContext } from './verb-test-context';

/** Sensors and their logs. */
export async function sensors(setup: VerbTestContext): Promise<void> {
  const { ctx, client, clientFor } = setup;
  const pack = await createPack(setup);
  const trigger = await client.triggers.create({ ref: `${pack}.seen`, pack_ref: pack, label: 'seen' });
  const ref = `${pack}.watcher`;
  const runs = { entrypoint: 'watch.sh', runtime_ref: 'core.shell', trigger_ref: trigger.ref };
  await client.sensors.create({ ref, pack_ref: pack, label: 'watcher', ...runs });

  expect(await client.sensors.update(ref, { label: 'changed' })).toMatchObject({ ref, label: 'changed' });
  expect(await client.sensors.disable(ref)).toMatchObject({ enabled: false });
  expect(await client.sensors.enable(ref)).toMatchObject({ enabled: true });
  expect((await client.sensors.get(ref)).label).toBe('changed');
  const ofTrigger = () => client.triggers.sensors(trigger.ref);
  for (const list of [client.sensors.list, client.sensors.enabled, () => client.packs.sensors(pack), ofTrigger]) {
    expect((await list()).map((sensor) => sensor.ref)).toContain(ref);
  }
  expect((await client.sensors.logs(ref)).logs.map(({ stream }) => stream)).toEqual(['stdout', 'stderr']);
  expect(await client.sensors.log(ref, 'stdout', 10)).toBe('');
  const tokenRequest = { sensor_ref: ref, trigger_types: [trigger.ref] };
  const { token } = await client.auth.sensorToken(tokenRequest);
  const { internalFiles } = clientFor(token);
  const path = `${ctx.nonce}/seen`;
  expect([await internalFiles.put(path, Buffer.from('a')), await internalFiles.append(path, Buffer.from('b'))]).toEqual(
    [...[201, 204]],
  );
  expect([(await internalFiles.get(path)).toString(), await internalFiles.remove(path)]).toEqual(['ab', 204]);
  await expect(client.auth.internalSensorToken(tokenRequest)).rejects.toMatchObject({ status: 403 });
  expect(await client.sensors.remove(ref)).toMatchObject(SUCCESS);
}
