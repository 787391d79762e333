import type { Client } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/context';

/** What a tour of some of the client's verbs is given. */
export interface Guide {
  readonly ctx: Context;
  /** Its verbs and answers are noted. */
  readonly client: Client;
  /** Waits until an answer of this route has begun: `GET /api/v1/executions/stream`. */
  heard(route: string): Promise<unknown>;
  /** The same client for somebody else. */
  as(token: string): Client;
}

export const DONE = { success: true };

/** A new pack without files. */
export async function newPack({ ctx, client }: Guide): Promise<string> {
  const { ref } = await client.packs.create({ ref: ctx.name('pack'), label: 'made', version: '1.0.0' });
  ctx.defer(() => ctx.client.packs.remove(ref));
  return ref;
}

/** An action made of a shell script. */
export const newAction = ({ client }: Guide, packRef: string, name: string, script: string) =>
  client.actions.create({
    ref: `${packRef}.${name}`,
    pack_ref: packRef,
    label: name,
    entrypoint: script,
    runtime_ref: 'core.shell',
  });
