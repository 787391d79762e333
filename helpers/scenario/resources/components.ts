import { executionToBe } from '../conditions/execution-conditions';
import type { Context } from '../context';
import { until } from '../polling';
import { createScriptAction } from './script-action';

/**
 * Creates a pack with three triggers and two sensors, of which only the first are enabled, two
 * actions, two workflows whose labels have the opposite order of their refs, and a key: in each
 * pack under the same names. Triggers, sensors and actions are created in the opposite order of
 * their refs. Returns the id of the pack as text.
 */
export async function createComponents({ client, defer }: Context, pack: string, tag: string): Promise<string> {
  const { id } = await client.packs.create({ ref: pack, label: 'Lists', version: '1.0.0' });
  defer(() => client.packs.remove(pack));
  for (const name of ['t3', 't2', 't1']) {
    await client.triggers.create({ ref: `${pack}.${name}`, pack_ref: pack, label: name, enabled: name === 't1' });
    defer(() => client.triggers.remove(`${pack}.${name}`));
  }
  for (const name of ['s2', 's1']) {
    const program = { runtime_ref: 'core.shell', entrypoint: 'true', trigger_ref: `${pack}.t3` };
    const sensor = { ref: `${pack}.${name}`, pack_ref: pack, label: name, enabled: name === 's1' };
    await client.sensors.create({ ...sensor, ...program });
    defer(() => client.sensors.remove(sensor.ref));
  }
  for (const name of ['a2', 'a1']) {
    const action = { ref: `${pack}.${name}`, pack_ref: pack, label: name, entrypoint: 'true' };
    await client.actions.create({ ...action, runtime_ref: 'core.shell' });
  }
  for (const [name, label] of Object.entries({ w1: 'second', w2: 'first' })) {
    const definition = { ref: `${pack}.${name}`, version: '1.0.0', tasks: [{ name: 'only', action: 'core.noop' }] };
    const tags = [tag, `${tag}-${name}`];
    await client.workflows.create({
      ref: `${pack}.${name}`,
      pack_ref: pack,
      label,
      version: '1.0.0',
      definition,
      tags,
    });
  }
  const key = `${pack}.key`;
  await client.keys.create({ ref: key, name: key, value: 1, owner_type: 'pack', owner_pack_ref: pack });
  defer(() => client.keys.removeIfExists(key));
  return String(id);
}

/** Creates a pack with one action, and runs that action to its end. */
export async function runActionOfNewPack(ctx: Context, pack_ref: string): Promise<void> {
  const { client, defer, deadline } = ctx;
  await client.packs.create({ ref: pack_ref, label: 'new', version: '1.0.0' });
  defer(() => client.packs.remove(pack_ref));
  const { id } = await client.executions.execute({ action_ref: await createScriptAction(ctx, pack_ref, 'true') });
  await until(executionToBe('completed', client, id), deadline);
}
