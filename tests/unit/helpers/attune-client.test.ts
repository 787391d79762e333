import { join } from 'node:path';
import { createClient } from '../../../helpers/client/client';
import { EXTENSION_ROUTES } from '../../e2e/support/extension-routes';
import { routeOf } from '../../../helpers/client/operation';
import { clientVerbs } from '../../../helpers/docs/client-table';
import { startAttuneStub, type Filling } from '../../attune/attune-stub';
import { OPERATIONS } from '../../attune/operations';

type AnyVerb = (...args: unknown[]) => unknown;

/** Arguments of the verbs that take more than refs, ids and bodies. */
const ARGUMENTS: Readonly<Record<string, readonly unknown[]>> = {
  'packs.upload': [join(__dirname, '../../../packs/core')],
  'actions.search': ['1'],
};
const SAME_ARGUMENTS = ['1', '1'];

const isStream = (value: unknown): value is AsyncIterable<unknown> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;

async function readAll(stream: AsyncIterable<unknown>): Promise<void> {
  const messages: unknown[] = [];
  for await (const message of stream) messages.push(message);
}

/** Calls every verb of the contract. Returns the names of those that failed, with the error. */
async function failuresOf(filling: Filling): Promise<Record<string, string>> {
  await using stub = await startAttuneStub(filling);
  const failures: Record<string, string> = {};
  for (const { name, act, operation } of clientVerbs(createClient({ baseUrl: stub.url, token: 'token' }))) {
    if (!(routeOf(operation) in OPERATIONS)) continue;
    try {
      const result = (act as AnyVerb)(...(ARGUMENTS[name] ?? SAME_ARGUMENTS));
      if (isStream(result)) await readAll(result);
      else await result;
    } catch (error) {
      failures[name] = String(error);
    }
  }
  return failures;
}

test('every verb accepts a response with all keys of the contract', async () => {
  expect(await failuresOf('most')).toEqual({});
});

test('every verb accepts a response with the least of the contract', async () => {
  expect(await failuresOf('least')).toEqual({
    'webhooks.fire': 'Error: the webhook of 1 has no key visible to the caller',
  });
});

test('only these operations of the client are extensions', () => {
  const routes = clientVerbs(createClient({ baseUrl: 'http://localhost' })).map(({ operation }) => routeOf(operation));

  expect([...new Set(routes.filter((route) => !(route in OPERATIONS)))].sort()).toEqual(EXTENSION_ROUTES);
});
