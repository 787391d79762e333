import type { Json, JsonObject } from '../../../contract/json';
import type { Taint } from '../../core/secrets/taint';
import { extractSecrets, secretsTaint, insertSecrets } from '../../core/secrets/extract-secrets';
import { stateTaint } from '../../core/workflow/state-taint';
import { initialState } from '../../core/workflow/step';
import type { WorkflowState } from '../../core/workflow/types';
import type { Transaction } from '../database/connection';
import { sealSecrets, unsealSecrets } from './seal-secrets';
import type { SealBinding, TenantRow } from './vault';

const stateBinding = ({ tenant, id }: TenantRow): SealBinding => ({
  tenant,
  table: 'workflow_execution',
  row: id,
  column: 'secret_values',
});
const resultBinding = ({ tenant, id }: TenantRow): SealBinding => ({
  tenant,
  table: 'execution',
  row: id,
  column: 'result_secrets',
});

/** A workflow's state as columns hold it: secrets redacted and sealed. */
export function sealState(transaction: Transaction, row: TenantRow, state: WorkflowState) {
  const { document, secrets } = extractSecrets(
    { ...state, tasks: { ...state.tasks } } as unknown as Json,
    stateTaint(state),
  );
  return {
    shown: document as unknown as WorkflowState,
    secret_values: sealSecrets(transaction, secrets, stateBinding(row)),
  };
}

/** The state that `sealState` stored. Throws UnsealFailed. */
export function unsealState(
  transaction: Transaction,
  row: TenantRow,
  document: Json,
  secrets: string | null,
): WorkflowState {
  const stored = insertSecrets(
    document,
    unsealSecrets(transaction, secrets, stateBinding(row)),
  ) as unknown as WorkflowState;
  return { ...initialState(), ...stored };
}

/** A result as columns hold it: its secrets are cut out and sealed beside it. */
export function sealResult(transaction: Transaction, execution: TenantRow, result: JsonObject, taint: Taint) {
  const { document, secrets } = extractSecrets(result, taint);
  const result_secrets = sealSecrets(transaction, secrets, resultBinding(execution));
  return { result: document, result_secrets };
}

/** The same for a result that keeps a part of the stored one, with the secrets of that part. */
export function resealResult(
  transaction: Transaction,
  row: TenantRow & { readonly result_secrets: string | null },
  result: JsonObject,
  taint: Taint,
) {
  const { document, secrets } = extractSecrets(result, taint);
  const held = unsealSecrets(transaction, row.result_secrets, resultBinding(row));
  return { result: document, result_secrets: sealSecrets(transaction, { ...held, ...secrets }, resultBinding(row)) };
}

/** A stored result with its secrets put back, and its taint. Throws UnsealFailed. */
export function unsealResult(
  transaction: Transaction,
  row: TenantRow & { readonly result: Json; readonly result_secrets: string | null },
): { readonly result: Json; readonly secrets: Taint } {
  if (row.result_secrets === null) return { result: row.result, secrets: null };
  const secrets = unsealSecrets(transaction, row.result_secrets, resultBinding(row));
  return { result: insertSecrets(row.result, secrets), secrets: secretsTaint(secrets) };
}
