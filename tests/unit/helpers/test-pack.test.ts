import type { Client } from '../../../helpers/client/client';
import { createCleanup } from '../../../helpers/scenario/cleanup';
import { openTestPack } from '../../../helpers/scenario/test-pack';
import { createRunDirectory } from '../../../helpers/target/run-directory';
import type { RunFacts } from '../../../helpers/target/run-facts';

/** The packs of a test against a target that only notes the requests. */
function openPacks(directory: string) {
  const requests: string[] = [];
  const note = (verb: string) => (subject: string | { ref: string }) => {
    const ref = typeof subject === 'string' ? subject : subject.ref;
    requests.push(`${verb} ${ref}`);
    return Promise.resolve({ ref });
  };
  const upload = () => Promise.resolve({ pack: {} });
  const client = { packs: { upload, create: note('create'), remove: note('remove') } } as unknown as Client;
  const { defer, run } = createCleanup();
  const facts = { run: '7q2x', directory } as RunFacts;
  const packs = openTestPack({
    client,
    facts,
    deadline: () => performance.now() + 60_000,
    name: (part) => `own-${part}`,
    defer,
  });
  return { ...packs, requests, cleanUp: run };
}

const openDirectory = () => {
  const { path, remove } = createRunDirectory(null);
  return { path, [Symbol.dispose]: remove };
};

test('an action is found in each selected pack', async () => {
  using directory = openDirectory();
  const { pack, ownCopy, action } = openPacks(directory.path);

  const shell = await pack('e2e');
  const api = await ownCopy('e2e-api');

  expect(action('echo-params')).toBe(`${shell.ref}.echo-params`);
  expect(action('write-key')).toBe(`${api.ref}.write-key`);
});

test('an action of no selected pack is an error with the searched packs', async () => {
  using directory = openDirectory();
  const { pack, action } = openPacks(directory.path);
  expect(() => action('echo-params')).toThrow('its packs: none: call ctx.pack() first');

  await pack('e2e');

  expect(() => action('write-key')).toThrow('no pack of the test has the action write-key; its packs: packs/e2e');
});

test('the pack for the objects is created once and removed', async () => {
  using directory = openDirectory();
  const { ownPack, requests, cleanUp } = openPacks(directory.path);

  const refs = await Promise.all([ownPack(), ownPack()]);
  await cleanUp();

  expect(refs).toEqual(['own-pack', 'own-pack']);
  expect(requests).toEqual(['create own-pack', 'remove own-pack']);
});

test('the objects of a test with its own copy are in that copy', async () => {
  using directory = openDirectory();
  const { ownCopy, ownPack, requests, cleanUp } = openPacks(directory.path);

  const copy = await ownCopy('e2e');

  expect(await ownPack()).toBe(copy.ref);
  await cleanUp();
  expect(requests).toEqual([`remove ${copy.ref}`]);
});
