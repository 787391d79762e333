import { createCleanup } from '../../../helpers/scenario/cleanup';
import { createSentRequests } from '../../../helpers/scenario/sent-requests';
import { openTestClient } from '../../../helpers/scenario/test-client';
import type { RunFacts } from '../../../helpers/target/run-facts';

const FACTS = { run: '7q2x', url: 'http://127.0.0.1:9', token: 't' } as RunFacts;
const KEY = { ref: 'e2e-7q2x-key', name: 'key', value: 1 };

test.each([
  ['the shared pack', { owner_type: 'pack' as const, owner_pack_ref: 'e2e-7q2x-shared-e2e-abcdef' }],
  ['its action', { owner_type: 'action' as const, owner_action_ref: 'e2e-7q2x-shared-e2e-abcdef.echo-params' }],
  ['the core pack', { owner_type: 'pack' as const, owner_pack_ref: 'core' }],
])('a test stores no key of %s, whose processes other tests run', (_, owner) => {
  const { client } = openTestClient(FACTS, createSentRequests(), createCleanup());
  expect(() => client.keys.create({ ...KEY, ...owner })).toThrow('create it in ctx.ownCopy()');
});

test('a test stores keys of its own pack', async () => {
  const { client } = openTestClient(FACTS, createSentRequests(), createCleanup());
  const owner = { owner_type: 'pack' as const, owner_pack_ref: 'e2e-7q2x-t2-03-a-pack-abcdef' };
  await expect(client.keys.create({ ...KEY, ...owner })).rejects.toMatchObject({ status: 0 });
});
