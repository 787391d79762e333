import type { Client } from '../../../helpers/client/client';
import { outputOf } from '../../../helpers/scenario/resources/output-of';

type LogEvent = { readonly event: string; readonly data: string };

/** A platform whose log stream sends these events, with an artifact of two executions. */
function platform(events: readonly LogEvent[]): Client {
  const client: unknown = {
    executions: {
      get: () => Promise.resolve({ action_ref: 'demo.act' }),
      logs: async function* () {
        await Promise.resolve();
        yield* events;
      },
    },
    artifacts: {
      ofExecution: () =>
        Promise.resolve(['stderr', 'stdout'].map((stream, n) => ({ id: n, ref: `demo.act.${stream}.log` }))),
      versions: () => Promise.resolve([2, 1].map((version) => ({ version, execution: 40 + version }))),
      downloadVersion: (id: number, version: number) => Promise.resolve(`artifact ${id}, version ${version}`),
    },
  };
  return client as Client;
}

const ENDED = [
  { event: 'waiting', data: '' },
  { event: 'done', data: '' },
];
const WRITTEN = [{ event: 'content', data: 'a' }, { event: 'append', data: 'b' }, ...ENDED];
const PLAIN = { instanceId: null };

test.each<[string, LogEvent[], { instanceId: string | null }, string]>([
  ['the stream of a platform without a manifest', WRITTEN, PLAIN, 'ab'],
  ['its artifact where the stream has nothing', ENDED, PLAIN, 'artifact 1, version 1'],
  ['nothing else of a platform with a manifest', ENDED, { instanceId: 'x' }, ''],
])('the output of an execution is read from %s', async (_what, events, facts, text) => {
  expect(await outputOf({ client: platform(events), facts }, 41, 'stdout')).toBe(text);
});

test('an execution without a version of its own wrote nothing', async () => {
  expect(await outputOf({ client: platform(ENDED), facts: PLAIN }, 99, 'stdout')).toBe('');
});

test('a stream that cannot be read is an error', async () => {
  const client = platform([{ event: 'error', data: 'no such file' }]);
  await expect(outputOf({ client, facts: PLAIN }, 41, 'stderr')).rejects.toThrow(
    'the stderr of execution 41 cannot be read: no such file',
  );
});
