import { isObject, type JsonObject } from '../../../contract/json';

interface EventSource {
  readonly config: JsonObject | null;
  readonly source_ref: string | null;
}

/** The headers of a webhook's call, as its event has them; an event of anything else has none. */
export function eventHeaders({ config, source_ref: source }: EventSource): JsonObject {
  const headers = source === 'webhook' ? config?.headers : undefined;
  return isObject(headers) ? headers : {};
}
