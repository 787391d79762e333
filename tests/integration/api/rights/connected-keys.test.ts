// A reference to a key gets what the key is when its attempt is claimed, and is a secret then.
import { withAttempts } from './with-attempts';

const world = withAttempts();
const { data } = world;

const createKey = (ref: string, value: string) =>
  data('POST', '/keys', { ref, name: ref, owner_type: 'pack', owner_pack_ref: 'open', value });
const echo = (ref: string) => world.execute('core.echo', { parameters: { message: { $connection: ref } } });

test('a reference is read when its attempt is claimed, and of one key alone', async () => {
  for (const ref of ['changed', 'replaced']) await createKey(ref, 'first');
  const [changed, replaced] = [await echo('changed'), await echo('replaced')];
  await data('PUT', '/keys/changed', { value: 'second' });
  await data('DELETE', '/keys/replaced');
  await createKey('replaced', 'of another key');

  const attempts = await world.startAttempts();

  const given = attempts.map(({ execution, parameters, secrets, missingConnection }) => {
    return { execution, message: parameters.message, secrets, missingConnection };
  });
  const missing = { ref: 'replaced', task: null };
  expect(given).toEqual([
    // A value is secret, also that of a key that is not encrypted.
    { execution: changed, message: 'second', secrets: ['second'], missingConnection: null },
    { execution: replaced, message: { $connection: 'replaced' }, secrets: [], missingConnection: missing },
  ]);
});
