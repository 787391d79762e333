import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from '../../../helpers/client/client';
import { removeAllPacks, removeSharedPacks, sharedPack } from '../../../helpers/fixtures/shared-pack';
import { createRunDirectory } from '../../../helpers/target/run-directory';

const UPLOAD_MS = 100;

/** A client whose uploads take a while; the first `failures` of them fail. */
function recordingClient(failures = 0) {
  const uploads: { ref: string; requirements: string }[] = [];
  const upload = async (directory: string) => {
    const [, ref = ''] = /^ref: (.+)$/m.exec(readFileSync(join(directory, 'pack.yaml'), 'utf8')) ?? [];
    const requirements = readFileSync(join(directory, 'requirements.txt'), 'utf8');
    await sleep(UPLOAD_MS);
    if (failures-- > 0) throw new Error('the disk of the platform is full');
    uploads.push({ ref, requirements });
    return { pack: { ref } };
  };
  return { uploads, client: { packs: { upload } } as unknown as Client };
}

const openRun = () => {
  const { path: directory, remove } = createRunDirectory(null);
  return { run: { run: '7q2x', directory, vendored: false }, [Symbol.dispose]: remove };
};

const deadline = () => performance.now() + 5_000;
const ONE = ['e2e-dep==1.0.0'];
const TWO = ['e2e-dep==2.0.0'];

test('concurrent callers share one upload of the same content', async () => {
  using opened = openRun();
  const { client, uploads } = recordingClient();

  const share = () => sharedPack(client, opened.run, 'e2e-python', ONE, deadline());
  const copies = await Promise.all([share(), share(), share()]);
  copies.push(await share());

  expect(uploads).toHaveLength(1);
  const copy = { fixture: 'e2e-python', ref: uploads[0]!.ref };
  expect(copies).toEqual([copy, copy, copy, copy]);
  expect(copy.ref).toMatch(/^e2e-7q2x-shared-e2e-python-[a-z0-9]{6}$/);
});

test('another content is another pack', async () => {
  using opened = openRun();
  const { client, uploads } = recordingClient();

  const one = await sharedPack(client, opened.run, 'e2e-python', ONE, deadline());
  const two = await sharedPack(client, opened.run, 'e2e-python', TWO, deadline());

  expect(uploads).toEqual([
    { ref: one.ref, requirements: 'e2e-dep==1.0.0\n' },
    { ref: two.ref, requirements: 'e2e-dep==2.0.0\n' },
  ]);
  expect(one.ref).not.toBe(two.ref);
});

test('another run uploads its own copy', async () => {
  using first = openRun();
  using second = openRun();
  const { client, uploads } = recordingClient();

  for (const { run } of [first, second]) await sharedPack(client, run, 'e2e-python', ONE, deadline());

  expect(uploads).toHaveLength(2);
});

test('a failed upload names its cause, and the next caller uploads again', async () => {
  using opened = openRun();
  const { client, uploads } = recordingClient(1);

  const share = () => sharedPack(client, opened.run, 'e2e-python', ONE, deadline());
  const [first, second] = await Promise.allSettled([share(), share()]);

  expect(first).toMatchObject({
    status: 'rejected',
    reason: { message: 'uploading packs/e2e-python failed: the disk of the platform is full' },
  });
  expect(second).toMatchObject({ status: 'fulfilled', value: { ref: uploads[0]!.ref } });
  expect(uploads).toHaveLength(1);
});

test.each([
  ['the shared packs', removeSharedPacks, ['e2e-7q2x-shared-e2e-abc123']],
  ['all packs', removeAllPacks, ['e2e-7q2x-shared-e2e-abc123', 'e2e-7q2x-t2-01-a-pack-abc123']],
])('%s of one run are removed', async (_, remove, expected) => {
  const removed: string[] = [];
  const refs = ['core', 'e2e-7q2x-shared-e2e-abc123', 'e2e-7q2x-t2-01-a-pack-abc123', 'e2e-8888-shared-e2e-abc123'];
  const packs = {
    list: () => Promise.resolve(refs.map((ref) => ({ ref }))),
    remove: (ref: string) => Promise.resolve(removed.push(ref)),
  };

  await remove({ packs } as unknown as Client, '7q2x');

  expect(removed).toEqual(expected);
});
