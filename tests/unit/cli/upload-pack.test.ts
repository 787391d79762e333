import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Client } from '../../../helpers/client/client';
import { uploadPack } from '../../../cli/run/upload-pack';
import { testDirectory } from '../../test-directory';

const root = testDirectory();

const GOOD_FLOW = 'label: Flow\nversion: 1.0.0\ntasks:\n  - name: a\n    action: core.noop\n';
const BAD_FLOW = 'label: Flow\ntasks: [\n';
let packs = 0;

/** A pack with these files beside its `pack.yaml`. */
function packWith(files: Readonly<Record<string, string>>): string {
  const directory = join(root, String(++packs));
  const all = { 'pack.yaml': 'ref: demo\nlabel: Demo\nversion: 1.0.0\n', ...files };
  for (const [name, text] of Object.entries(all)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

/** A platform with these actions, workflows included. */
function platformWith(...installed: string[]) {
  const uploads: string[] = [];
  const upload = (directory: string) => {
    uploads.push(directory);
    return Promise.resolve({ warnings: ['a file is skipped'] });
  };
  const actions = () => Promise.resolve(installed.map((ref) => ({ ref })));
  return { client: { packs: { actions, upload } } as unknown as Client, uploads };
}

const STRICT = { allowSkipped: false };

test.each([
  ['a workflow', 'workflows/flow.yaml', BAD_FLOW, 'demo.flow'],
  ['a workflow of an action', 'actions/workflows/flow.workflow.yaml', BAD_FLOW, 'demo.flow'],
  ['an action', 'actions/build.yaml', 'ref: demo.build\nrunner_type: [\n', 'demo.build'],
  ['an action with another file name', 'actions/x.yaml', 'ref: demo.build\nparameters: 5\n', 'demo.build'],
])('%s that is installed is not replaced by a skipped file', async (_, file, text, ref) => {
  const { client, uploads } = platformWith(ref);

  await expect(uploadPack(client, packWith({ [file]: text }), STRICT)).rejects.toMatchObject({
    message: expect.stringMatching(
      new RegExp(
        `^WORKING_FILE_SKIPPED: pack demo was not uploaded: it would remove ${ref}, .*--allow-skipped\n  .*${file}`,
      ),
    ),
    exitCode: 1,
  });
  expect(uploads).toEqual([]);
});

test('with allowSkipped it is replaced', async () => {
  const { client, uploads } = platformWith('demo.flow');
  const directory = packWith({ 'workflows/flow.yaml': BAD_FLOW });

  expect(await uploadPack(client, directory, { allowSkipped: true })).toEqual(['a file is skipped']);
  expect(uploads).toEqual([directory]);
});

test.each([
  ['a workflow whose file is removed', {}, 'demo.flow'],
  ['a workflow that is valid', { 'workflows/flow.yaml': GOOD_FLOW }, 'demo.flow'],
  ['a skipped file of no installed workflow', { 'workflows/flow.yaml': BAD_FLOW }, 'demo.other'],
])('%s does not prevent the upload', async (_, files, ref) => {
  const { client, uploads } = platformWith(ref);

  expect(await uploadPack(client, packWith(files), STRICT)).toEqual(['a file is skipped']);
  expect(uploads).toHaveLength(1);
});

test('the platform rejects a directory that is no pack', async () => {
  const { client, uploads } = platformWith();

  await uploadPack(client, packWith({ 'pack.yaml': 'ref: [\n' }), STRICT);

  expect(uploads).toHaveLength(1);
});
