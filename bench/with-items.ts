import type { Client } from '../helpers/client/client';
import { burstMs } from './burst';
import { inSeconds, median } from './percentiles';
import type { Question } from './question';
import { completed, PACK, recordedMs, withPack } from './stand';

const ITEMS = 1_000;
const CONCURRENCY = 24;
const REF = `${PACK}.each`;
/** Its length is read from the record: a client that looks more often only takes the platform's time. */
const LOOK_MS = 50;

async function define(client: Client): Promise<void> {
  const each = {
    name: 'each',
    action: 'core.noop',
    with_items: `{{ range(${ITEMS}) }}`,
    concurrency: CONCURRENCY,
    input: { message: '{{ item }}' },
  };
  const definition = { version: '1.0.0', tasks: [each] };
  await client.workflows.create({ ref: REF, pack_ref: PACK, label: 'Each', version: '1.0.0', definition });
}

async function itemsMs(client: Client): Promise<number> {
  const execution = await completed(client, REF, LOOK_MS);
  const { length } = await client.executions.children(execution.id);
  if (length !== ITEMS) throw new Error(`${length} children instead of ${ITEMS}`);
  return recordedMs(execution);
}

export const withItems: Question = {
  name: 'with-items',
  about: `one task over ${ITEMS} items (core.noop, ${CONCURRENCY} at once)`,
  runs: 3,
  measure: ({ runs, say, stop }) =>
    withPack(stop, async (client) => {
      await define(client);
      const lengths: number[] = [];
      for (let n = 1; n <= runs; n++) {
        lengths.push(await itemsMs(client));
        say(`with-items ${n} of ${runs}: ${inSeconds(lengths.at(-1)!)}`);
      }
      const single = await burstMs(client, 'core.noop', ITEMS);
      return [
        {
          what: `${ITEMS} items in one task, ${CONCURRENCY} at once`,
          measured: inSeconds(median(lengths)),
          floor: '10 s',
          reach: '3 s',
          beside: `${ITEMS} executions of their own ${inSeconds(single)}`,
          figures: { p50_ms: median(lengths), single_ms: single },
        },
      ];
    }),
};
