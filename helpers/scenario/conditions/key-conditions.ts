import type { Client } from '../../client/client';
import type { Condition } from '../polling';

/** The key no longer exists. */
export const keyToExpire = (client: Client, ref: string): Condition<true> => ({
  name: `key ${ref} to expire`,
  check: async () => {
    const key = await client.keys.getOrNull(ref);
    return key === null ? { is: 'met', value: true } : { is: 'pending', why: 'it still exists' };
  },
});
