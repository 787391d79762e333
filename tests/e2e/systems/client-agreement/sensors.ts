import { DONE, newPack, type Guide } from './guide';

/** Sensors, and what they say. */
export async function sensors(guide: Guide): Promise<void> {
  const { client } = guide;
  const pack = await newPack(guide);
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
  const asked = { sensor_ref: ref, trigger_types: [trigger.ref] };
  expect((await client.auth.sensorToken(asked)).token).not.toBe('');
  await expect(client.auth.internalSensorToken(asked)).rejects.toMatchObject({ status: 403 });
  expect(await client.sensors.remove(ref)).toMatchObject(DONE);
}
