import type { Json, JsonObject } from '../../../../contract/json';
import type { Client } from '../../../../helpers/client/client';
import type { Context } from '../../../../helpers/scenario/context';
import { waitForStatus } from '../../../../helpers/scenario/resources/ended-executions';

const REDACTED = { $attune_secret: true, redacted: true };

const SECRET = { type: 'string', secret: true };
const WORDS = { word: SECRET, open: { type: 'string' } };
const list = (items: JsonObject): JsonObject => ({ type: 'array', items });
const object = (properties: JsonObject): JsonObject => ({ type: 'object', properties });

/** A schema of an output, the output, and what is shown of it. */
type OutputRow = readonly [schema: JsonObject, output: Json, shown: Json];

const [ONE, TWO] = [
  { word: 'w1', open: 'o1' },
  { word: 'w2', open: 'o2' },
];
const shown = (open: string): JsonObject => ({ word: REDACTED, open });

/** Each form of the schema of an object, of a list and of an element of a list. */
const OUTPUTS: Readonly<Record<string, OutputRow>> = {
  object: [WORDS, ONE, shown('o1')],
  'object of a JSON Schema': [object(WORDS), ONE, shown('o1')],
  'object in an object': [{ in: object(WORDS) }, { in: ONE }, { in: shown('o1') }],
  'list in an object': [{ in: list(object(WORDS)) }, { in: [ONE] }, { in: REDACTED }],
  'list of texts': [list(SECRET), ['w1', 'w2'], [REDACTED, REDACTED]],
  'list of objects': [list(object(WORDS)), [ONE, TWO], [shown('o1'), shown('o2')]],
  'list of lists': [list(list(SECRET)), [['w1'], ['w2']], [REDACTED, REDACTED]],
  'list, by its element': [WORDS, [ONE, TWO], [shown('o1'), shown('o2')]],
  'list, by the JSON Schema of its element': [object(WORDS), [ONE], [shown('o1')]],
};

/** By form, what is shown of each of these outputs. */
export const SHOWN_OUTPUTS = Object.fromEntries(Object.entries(OUTPUTS).map(([form, [, , of]]) => [form, of]));

/** By form, what a reader is shown of the output of a program that declares it. */
export async function shownOutputs(ctx: Context, reader: Client): Promise<Record<string, unknown>> {
  const action_ref = `${(await ctx.ownCopy('e2e-values')).ref}.print-json`;
  const rows: [string, unknown][] = [];
  for (const [form, [out_schema, output]] of Object.entries(OUTPUTS)) {
    await ctx.client.actions.update(action_ref, { out_schema });
    const parameters = { encoded: Buffer.from(JSON.stringify(output)).toString('base64') };
    const { id } = await ctx.client.executions.execute({ action_ref, parameters });
    await waitForStatus(ctx, id);
    rows.push([form, ((await reader.executions.get(id)).result as { data?: Json }).data]);
  }
  return Object.fromEntries(rows);
}
