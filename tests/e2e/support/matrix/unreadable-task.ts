import type { Client } from '../../../../helpers/client/client';
import { executionToBe } from '../../../../helpers/scenario/conditions/execution-conditions';
import { randomName } from '../../../../helpers/scenario/names';
import { until } from '../../../../helpers/scenario/polling';
import { createChangeableSet, type ChangeableSet } from './changeable-set';
import { loggedInByToken, type TokenUser } from './granted-callers';

/** A failed workflow of one pack, whose task ran an action of another, and a user with a set. */
export interface TwoPacksWorld {
  readonly reader: TokenUser;
  readonly set: ChangeableSet;
  readonly flowPack: string;
  /** Both are printed by the task. */
  readonly printed: readonly [stdout: string, stderr: string];
  readonly ids: { readonly flow: number; readonly task: number };
}

export async function createTwoPacksWorld(
  client: Client,
  { url, directory, deadline }: { url: string; directory: string; deadline: number },
): Promise<TwoPacksWorld> {
  const set = await createChangeableSet(client, directory);
  const reader = await loggedInByToken(client, url, set.ref);
  const [flowPack, actionPack] = [`flows-${randomName(8)}`, `actions-${randomName(8)}`];
  for (const ref of [flowPack, actionPack]) await client.packs.create({ ref, label: ref, version: '1.0.0' });
  const printed = [randomName(12), randomName(12)] as const;
  const act = `${actionPack}.act`;
  const entrypoint = `echo ${printed[0]}; echo ${printed[1]} >&2; exit 7`;
  await client.actions.create({ ref: act, pack_ref: actionPack, label: 'act', runtime_ref: 'core.shell', entrypoint });
  const definition = { version: '1.0.0', tasks: [{ name: 'one', action: act }] };
  const flow = { ref: `${flowPack}.flow`, pack_ref: flowPack, label: 'flow', version: '1.0.0', definition };
  await client.workflows.create(flow);
  const { id } = await client.executions.execute({ action_ref: flow.ref });
  await until(executionToBe('failed', client, id), deadline);
  const [task] = await client.executions.children(id);
  return { reader, set, flowPack, printed, ids: { flow: id, task: task!.id } };
}
