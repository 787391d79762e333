import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../../../contract/json';
import type { Context } from '../../../../helpers/scenario/claim';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { pinToOneWorker } from '../../../../helpers/scenario/resources/execution-limits';
import type { Owners } from './stored-table';

/**
 * Places that read keys: tasks of a workflow that run the same action of its pack and of another
 * one, started together on one worker, which may receive both at once.
 */
export interface KeyPlaces {
  readonly owners: Owners;
  /** What the two processes are given; `copies`: what the workflow has read. */
  read(): Promise<{ own: JsonObject; other: JsonObject }>;
}

/** What the process of `save-params` with this key was given, besides the key and the ledger. */
export function givenTo({ ledger }: Pick<Context, 'ledger'>, label: string): JsonObject {
  const document = JSON.parse(readFileSync(`${ledger.path}.${label}`, 'utf8')) as JsonObject;
  return Object.fromEntries(Object.entries(document).filter(([name]) => name !== 'key' && name !== 'ledger'));
}

/** A trigger with a sensor that does not run. Returns the sensor's ref. */
export async function createSensor(
  { client, name }: Context,
  pack_ref: string,
  more: Partial<Parameters<Context['client']['sensors']['create']>[0]> = {},
): Promise<string> {
  const [trigger_ref, ref] = [`${pack_ref}.${name('trigger')}`, `${pack_ref}.${name('sensor')}`];
  await client.triggers.create({ ref: trigger_ref, pack_ref, label: 'trigger' });
  const program = { trigger_ref, enabled: false, entrypoint: 'none.sh', runtime_ref: 'core.shell' };
  await client.sensors.create({ ref, pack_ref, label: 'sensor', ...program, ...more });
  return ref;
}

/** Creates the owners, and the places. `names`: the keys that the workflow reads as `keystore`. */
export async function createKeyPlaces(ctx: Context, names: readonly string[]): Promise<KeyPlaces> {
  const { client, ledger, name } = ctx;
  const [{ ref: pack }, { ref: otherPack }] = [await ctx.ownCopy('e2e'), await ctx.ownCopy('e2e')];
  const action = `${pack}.save-params`;
  const copies = Object.fromEntries(names.map((key) => [key, `{{ keystore.${key} | default('absent') }}`]));
  const inputOf = (key: string) => ({ key, ledger: ledger.path });
  const place = pinToOneWorker(ctx.facts.capabilities);
  const tasks = [
    { name: 'own', action, input: { ...inputOf('own'), copies }, ...place },
    { name: 'other', action: `${otherPack}.save-params`, input: inputOf('other'), ...place },
  ];
  const flow = `${pack}.${name('flow')}`;
  const definition = { version: '1.0.0', tasks };
  await client.workflows.create({ ref: flow, pack_ref: pack, label: 'flow', version: '1.0.0', definition });
  const { id: identity } = await client.auth.me();
  return {
    owners: { pack, action, sensor: await createSensor(ctx, pack), identity },
    read: async () => {
      const { id } = await client.executions.execute({ action_ref: flow });
      await until(executionToBe('completed', client, id), ctx.deadline);
      return { own: givenTo(ctx, 'own'), other: givenTo(ctx, 'other') };
    },
  };
}
