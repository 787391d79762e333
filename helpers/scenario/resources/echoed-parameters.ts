import type { Execution } from '../../../contract/executions';
import { isObject, type JsonObject } from '../../../contract/json';
import { writeJson } from '../../../contract/json-text/write-json';

/** The parameters that an `echo-params` process received. Throws if the result contains none. */
export function echoedParameters({ id, status, result }: Execution): JsonObject {
  const data = isObject(result) ? result.data : undefined;
  const params = isObject(data) ? data.params : undefined;
  if (isObject(params)) return params;
  throw new Error(`the result of execution ${id} (${status}) contains no data.params:  ${writeJson(result)}`);
}

/** The same, without the fields that name the ledger. */
export const givenParameters = (execution: Execution): JsonObject =>
  Object.fromEntries(
    Object.entries(echoedParameters(execution)).filter(([name]) => name !== 'key' && name !== 'ledger'),
  );
