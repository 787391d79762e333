import type { Client } from '../../client/client';
import type { Context } from '../context';

type NewArtifact = Parameters<Client['artifacts']['create']>[0];

/** An artifact of the system, unless its owner is given. It is removed after the test. */
export async function createArtifact({ client, name, defer }: Context, part: string, more: Partial<NewArtifact> = {}) {
  const created = await client.artifacts.create({
    scope: 'system',
    owner: '',
    type: 'other',
    ref: name(part),
    ...more,
  });
  defer(() => client.artifacts.remove(created.id));
  return created;
}
