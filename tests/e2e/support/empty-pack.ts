import type { Context } from '../../../helpers/scenario/context';
import { randomName } from '../../../helpers/scenario/names';

/** A pack without files. */
export interface EmptyPack {
  readonly ref: string;
  /** Ref of its one trigger. */
  readonly trigger: string;
  /** `<pack>.<part>-<random>`. */
  uniqueRef(part: string): string;
  /** The fields that every new component of the pack needs, with a unique ref. */
  component(part: string): { ref: string; pack_ref: string; label: string };
}

/**
 * Creates a pack with one trigger; both are removed after the test. `isVisibleToAll`: otherwise
 * only its creator sees it.
 */
export async function createEmptyPack(
  { client, defer, name }: Context,
  { isVisibleToAll = false } = {},
): Promise<EmptyPack> {
  const fields = { label: 'empty', version: '1.0.0', is_standard: isVisibleToAll };
  const { ref } = await client.packs.create({ ref: name('pack'), ...fields });
  defer(() => client.packs.remove(ref));
  const { ref: trigger } = await client.triggers.create({ ref: `${ref}.trigger`, pack_ref: ref, label: 'trigger' });
  const uniqueRef = (part: string): string => `${ref}.${part}-${randomName(6)}`;
  return { ref, trigger, uniqueRef, component: (part) => ({ ref: uniqueRef(part), pack_ref: ref, label: part }) };
}
