import type { Json, JsonObject } from '../../../../contract/json';

const OBJECTS: readonly JsonObject[] = [{ a: 1, items: [2] }, {}];

/** Payloads of each kind, and the parameters of an execution for that item alone. */
export const PAYLOADS: readonly (readonly [Json, JsonObject])[] = [
  ...OBJECTS.map((item) => [item, item] as const),
  ...[['a', 1], [], 'text', '', 5, 0, true, false, null].map((item) => [item, { item }] as const),
];
