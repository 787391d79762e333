import type { Execution } from '../../../../contract/executions';
import { isObject } from '../../../../contract/json';
import { writeJson } from '../../../../contract/json-text/write-json';
import type { Context } from '../../../../helpers/scenario/context';
import { createScriptAction } from '../../../../helpers/scenario/resources/script-action';
import { ID, type AckRow } from './acknowledgements';
import { addItems, createQueue, drain, executionsOf, literal } from './queue';

type AckRows = Readonly<Record<string, AckRow>>;

/** The text of this attempt, with the id of the item. */
const PRINTED = `{{ replace(item.prints[queue_item.attempt_count - 1], '${ID}', string(queue_item.id)) }}`;

/**
 * Processes an item of each row at the same time, by an action that prints its texts. `dispatch`:
 * configures the queue. Returns what became of each, and what should have, by row.
 */
export async function processRows(ctx: Context, rows: AckRows, dispatch: object) {
  const action = await createScriptAction(ctx, await ctx.ownPack(), `printf '%s' "$text"; exit "$code"`);
  const config = { dispatch: { concurrency: literal(20), ...dispatch } };
  const action_params = { text: PRINTED, code: '{{ item.exits }}', row: '{{ item.row }}' };
  const ref = await createQueue(ctx, action, { config, action_params });
  const names = Object.keys(rows);
  const ids = await addItems(
    ctx,
    ref,
    names.map((row) => ({ payload: payloadOf(row, rows[row]!) })),
  );

  const items = await drain(ctx, ref);

  const executions = await executionsOf(ctx, action);
  const found = names.map((row, n) => {
    const { status, attempt_count, last_error, ack_summary } = items.find(({ id }) => id === ids[n])!;
    const own = executions.filter(({ config: parameters }) => parameters?.row === row);
    return [row, { item: [status, attempt_count, last_error, ack_summary], executions: own.map(endOf) }];
  });
  const expected = names.map((row, n) => [row, endWithId(rows[row]!, ids[n]!)]);
  return { found: Object.fromEntries(found) as object, expected: Object.fromEntries(expected) as object };
}

const payloadOf = (row: string, { prints, exits = 0 }: AckRow) => ({ row, prints: [...prints], exits });

const endWithId = ({ item, executions }: AckRow, id: number) => {
  const [status, attempts, error, summary] = item;
  return { item: [status, attempts, error?.replace(ID, String(id)) ?? null, summary], executions };
};

/** Its status, and `ack` if its result has the acknowledgement that it printed, or an error. */
const endOf = ({ status, result, config }: Execution): unknown[] => {
  const { queue_ack: ack, queue_ack_error: error } = isObject(result) ? result : {};
  if (ack === undefined) return [status, isObject(error) ? error.code : null];
  const { text = '' } = config as { readonly text?: string };
  const printed = text.replaceAll('\n', '');
  return [status, printed.includes(writeJson(ack)) ? 'ack' : ack];
};
