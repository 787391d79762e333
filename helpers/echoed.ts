import type { Execution } from '../contract/executions';
import { isObject, type JsonObject } from '../contract/json';

/** The parameters that an `echo-params` process received. Throws where the execution has no such result. */
export function echoed({ id, status, result }: Execution): JsonObject {
  const data = isObject(result) ? result.data : undefined;
  const params = isObject(data) ? data.params : undefined;
  if (isObject(params)) return params;
  throw new Error(`execution ${id} (${status}) echoed no parameters: ${JSON.stringify(result)}`);
}
