import { logToEnd } from '../../scenario/conditions/execution-conditions';
import { until } from '../../scenario/polling';
import { ledgerInput, runAction, type Probe } from './probe-context';

/** The log of an execution is readable. */
export const probeLog: Probe = async (context) => {
  const { id } = await runAction(context, 'append-ledger', ledgerInput(context, 'log'));
  await until(logToEnd(context.client, id), context.deadline());
};
