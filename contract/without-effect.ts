import { CloneType, type TSchema } from '@sinclair/typebox';

/**
 * Marks a key of a request that Attune's contract has and that changes nothing here, with the
 * reason. The response to a request that sets it has the reason among its `warnings`. Applied
 * last: around `Type.Optional`.
 */
export const withoutEffect = <T extends TSchema>(why: string, schema: T): T =>
  CloneType(schema, { without_effect: why });
