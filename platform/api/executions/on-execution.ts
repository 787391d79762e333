import type { Execution } from '../../../contract/executions';
import { executionTarget } from '../../auth/authorization-targets';
import type { Caller } from '../../auth/caller';
import { notFound } from '../../base/domain-error';
import type { Transaction } from '../../store/database/connection';
import { getExecution } from '../../store/executions/executions';

interface ExecutionCall {
  readonly transaction: Transaction;
  readonly caller: Caller;
  readonly params: { readonly id: number };
}

/** Requirements of a route on one execution: NOT_FOUND, then FORBIDDEN. */
export const onExecution = {
  load: ({ transaction, params: { id } }: ExecutionCall) => loadExecution(transaction, id),
  target: ({ transaction, caller, loaded }: ExecutionCall & { readonly loaded: Execution }) =>
    executionTarget(transaction, caller, loaded),
};

async function loadExecution(transaction: Transaction, id: number): Promise<Execution> {
  const execution = await getExecution(transaction, id);
  if (!execution) throw notFound(`Execution ${id}`);
  return execution;
}
