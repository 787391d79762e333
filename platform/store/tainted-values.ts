import type { Json, JsonObject } from '../../contract/json';
import { isObject } from '../../contract/json';
import type { Taint } from '../core/template/taint';
import { hide, reveal, taintOfHidden, type Hidden } from '../core/workflow/hidden';
import { taintOfState } from '../core/workflow/secrets';
import { initial } from '../core/workflow/step';
import type { State } from '../core/workflow/types';
import { vaultOf, type Transaction } from './database';
import type { Binding } from './vault';

interface Row {
  readonly tenant: number;
  readonly id: number;
}

const bindingOf = ({ tenant, id }: Row, table: 'execution' | 'workflow_execution', column: string): Binding => ({
  tenant,
  table,
  row: id,
  column,
});

const ofRun = (row: Row) => bindingOf(row, 'workflow_execution', 'secret_values');
const ofResult = (row: Row) => bindingOf(row, 'execution', 'result_secrets');

/** Null where there is nothing to seal. */
const sealed = (transaction: Transaction, hidden: Hidden, binding: Binding): string | null =>
  Object.keys(hidden).length === 0 ? null : vaultOf(transaction).seal({ ...hidden }, binding);

/** Throws SealBroken. */
function opened(transaction: Transaction, text: string | null, binding: Binding): Hidden {
  const hidden = text === null ? {} : vaultOf(transaction).unseal(text, binding);
  return isObject(hidden) ? hidden : {};
}

/** A workflow's state as columns hold it: its secrets cut out and sealed. */
export function sealState(transaction: Transaction, run: Row, state: State) {
  const { shown, hidden } = hide({ ...state, tasks: { ...state.tasks } } as unknown as Json, taintOfState(state));
  return { shown: shown as unknown as State, secret_values: sealed(transaction, hidden, ofRun(run)) };
}

/** The state that `sealState` parted. Throws SealBroken. */
export function openState(transaction: Transaction, run: Row, shown: Json, secrets: string | null): State {
  const stored = reveal(shown, opened(transaction, secrets, ofRun(run))) as unknown as State;
  return { ...initial(), ...stored };
}

/** A result as columns hold it: `shown` is `result` read back, what of it is secret is sealed beside it. */
export function sealResult(transaction: Transaction, execution: Row, result: JsonObject, taint: Taint) {
  const parted = hide(result, taint);
  const shown = isObject(parted.shown) ? parted.shown : {};
  const result_secrets = sealed(transaction, parted.hidden, ofResult(execution));
  return { shown, result: JSON.stringify(shown), result_secrets };
}

/** A stored result with its secrets in their places, and which parts they are. Throws SealBroken. */
export function openResult(
  transaction: Transaction,
  row: Row & { readonly result: Json; readonly result_secrets: string | null },
): { readonly result: Json; readonly secrets: Taint } {
  if (row.result_secrets === null) return { result: row.result, secrets: null };
  const hidden = opened(transaction, row.result_secrets, ofResult(row));
  return { result: reveal(row.result, hidden), secrets: taintOfHidden(hidden) };
}
