import type { TSchema } from '@sinclair/typebox';
import { DeleteResult } from '../../../contract/envelopes';
import type { Api } from './context';
import { route } from './route';
import { type LoadedCall, type RouteEntry } from './route-requirements';
import { SuccessMessage, successMessage } from './success-message';

interface DeleteSchema<P extends TSchema> {
  readonly tags: readonly string[];
  readonly params: P;
  readonly response: { readonly 200: typeof DeleteResult | typeof SuccessMessage };
}

interface DeleteDefinition<P extends TSchema, L> extends Omit<RouteEntry<DeleteSchema<P>, L>, 'method' | 'schema'> {
  readonly tags: readonly string[];
  readonly params: P;
  readonly remove: (call: LoadedCall<DeleteSchema<P>, L>) => Promise<unknown>;
  /** Answers `{"data": …}` instead of the bare result. */
  readonly inDataEnvelope?: boolean;
  /** What was deleted: `Rule 'demo.rule'`. */
  readonly name: (call: LoadedCall<DeleteSchema<P>, L>) => string;
}

/** Registers `DELETE path`; the answer is `{"success": true, "message": "<name> deleted"}`. */
export function deleteRoute<P extends TSchema, L = undefined>(api: Api, definition: DeleteDefinition<P, L>): void {
  const { tags, params, remove, name, inDataEnvelope = false, ...entry } = definition;
  route<DeleteSchema<P>, L>(api, {
    ...entry,
    method: 'DELETE',
    schema: { tags, params, response: { 200: inDataEnvelope ? SuccessMessage : DeleteResult } },
    handle: async (call) => {
      await remove(call);
      const result = successMessage(`${name(call)} deleted`);
      return inDataEnvelope ? result : result.data;
    },
  });
}
