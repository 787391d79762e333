import { isTerminal } from '../../../../contract/status';
import { predicateToHold } from '../../../../helpers/scenario/conditions/execution-conditions';
import { until } from '../../../../helpers/scenario/polling';
import { send } from '../history/clients';
import { livenessDeadline } from '../../liveness';
import type { HistoryContext } from './crash-pack';

interface Queued {
  readonly execution_id: number;
}

interface Claimed extends Queued {
  readonly fencing_token: number;
}

/** Dispatches an execution to the external worker, whose agent polls until it has ended. */
export async function workExternally({ platform, pack, name }: HistoryContext): Promise<void> {
  const { id, token } = pack.agent;
  const asAgent = (path: string, body: object) => send(platform, 'POST', `/workers/${id}/${path}`, { body, token });
  // One that was silent for too long is offline until a heartbeat: it cannot register again.
  const isOnline = async () =>
    (await asAgent('heartbeat', {})).status === 200 ||
    (await asAgent('register', { delivery_mode: 'poll' })).status === 200;
  await until(predicateToHold('the agent to be online', isOnline), livenessDeadline());
  const dispatched = { action_ref: pack.record, parameters: { name } };
  let execution: number | undefined;
  const hasEnded = async (): Promise<boolean> => {
    const request = { body: dispatched, key: name };
    const queued = await send(platform, 'POST', `/workers/${id}/dispatch`, request);
    if (queued.status === 202) execution = (queued.data as unknown as Queued).execution_id;
    const claims = (await asAgent('claims', {})).data as unknown as readonly Claimed[] | null;
    for (const { execution_id, fencing_token } of claims ?? [])
      await asAgent(`claims/${execution_id}/result`, { fencing_token, status: 'completed', output: { name } });
    if (execution === undefined) return false;
    const { data } = await send(platform, 'GET', `/executions/${execution}`);
    return data !== null && isTerminal(data.status);
  };
  await until(predicateToHold(`the external worker to complete ${name}`, hasEnded), livenessDeadline());
}
