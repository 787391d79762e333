import type { Client } from '../../../helpers/client/client';
import { removeRunObjects } from '../../../helpers/target/run-objects';

const SHARED = 'e2e-7q2x-shared-e2e-abc123';

/** A target with these packs and rules; the removal of `stuck` fails. */
function clientOf(packs: string[], rules: string[] = [], stuck?: string): Client {
  const rows = (refs: readonly string[]) => () => Promise.resolve(refs.map((ref) => ({ ref })));
  const none = { list: rows([]) };
  const remove = (ref: string) => {
    if (ref === stuck) return Promise.reject(new Error(`${ref} is in use`));
    packs.splice(packs.indexOf(ref), 1);
    return Promise.resolve();
  };
  const open = { executions: none, inquiries: none, identities: none };
  const lists = { ...open, actions: none, workflows: none, triggers: none, keys: none, rules: { list: rows(rules) } };
  return { ...lists, packs: { list: () => rows(packs)(), remove } } as unknown as Client;
}

test('a run without objects but its shared packs leaves nothing', async () => {
  const packs = ['core', SHARED];

  await removeRunObjects(clientOf(packs), '7q2x');

  expect(packs).toEqual(['core']);
});

test('an object of the run that is left is named', async () => {
  const client = clientOf(['e2e-8888-t2-01-a-pack-abc123'], ['e2e-7q2x-t2-01-a-pack-abc123.rule']);

  await expect(removeRunObjects(client, '7q2x')).rejects.toMatchObject({
    name: 'LeftoverError',
    message: 'left on the target: e2e-7q2x-t2-01-a-pack-abc123.rule',
  });
});

test('a shared pack that is not removed is named with the cause', async () => {
  await expect(removeRunObjects(clientOf([SHARED], [], SHARED), '7q2x')).rejects.toMatchObject({
    message: `left on the target: ${SHARED}\n${SHARED} is in use`,
  });
});
