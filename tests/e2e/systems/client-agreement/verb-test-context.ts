import type { Client } from '../../../../helpers/client/client';
import { rejectionStatus } from '../../../../helpers/client/rejection-status';
import type { Context } from '../../../../helpers/scenario/context';

/** What a test of some of the client's verbs works with. */
export interface VerbTestContext {
  readonly ctx: Context;
  /** Records the verbs that are called and the responses. */
  readonly client: Client;
  /** Whether the platform serves extensions of Attune's contract. */
  readonly hasExtensions: boolean;
  /** Waits until a response of this route has started: `GET /api/v1/executions/stream`. */
  waitForResponse(route: string): Promise<unknown>;
  /** The same client with another token. */
  clientFor(token: string): Client;
}

/** Expects that the platform knows none of these paths. */
export async function expectNotServed(...requests: readonly Promise<unknown>[]): Promise<void> {
  expect(await Promise.all(requests.map(rejectionStatus))).toEqual(requests.map(() => 404));
}

/** Expects that the platform knows these paths, and none of these methods of them. */
export async function expectNoMethod(...requests: readonly Promise<unknown>[]): Promise<void> {
  expect(await Promise.all(requests.map(rejectionStatus))).toEqual(requests.map(() => 405));
}

export const SUCCESS = { success: true };

/** Creates a pack without files. */
export async function createPack({ ctx, client }: VerbTestContext): Promise<string> {
  const { ref } = await client.packs.create({ ref: ctx.name('pack'), label: 'made', version: '1.0.0' });
  ctx.defer(() => ctx.client.packs.remove(ref));
  return ref;
}

/** Creates an action from a shell script. */
export const createAction = ({ client }: VerbTestContext, packRef: string, name: string, script: string) =>
  client.actions.create({
    ref: `${packRef}.${name}`,
    pack_ref: packRef,
    label: name,
    entrypoint: script,
    runtime_ref: 'core.shell',
  });
