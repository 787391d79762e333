import type { Context } from '../../../../helpers/scenario/claim';
import { createPackKey } from '../../../../helpers/scenario/resources/stored-keys';
import { onSuccess, parallelTask, type AnyTask, type Task } from '../../../../helpers/scenario/resources/workflow-task';

const SECRET = { type: 'string', secret: true };

/** Without an input it would receive the parameters of its workflow. */
const NOOP: Task = { name: 'T', action: 'core.noop', input: { message: 'm' } };

/** What an output map shows: in clear, or derived from a secret. */
const SHOWN = {
  row_open: '{{ parameters.rows[0].open }}',
  row_open_from_end: '{{ parameters.rows[-2].open }}',
  more: '{{ task.wrapped.more }}',
  open: '{{ parameters.open }}',
  region: '{{ config.region }}',
  plain: '{{ task.make.plain }}',
  undeclared: '{{ task.output.more }}',
  published: '{{ workflow.open }}',
  printed_open: '{{ task.printed.more }}',
};
export const DERIVED = {
  parameter: '{{ parameters.token }}',
  changed: '{{ parameters.token | upper }}',
  text: 'with {{ parameters.token }} in it',
  length: '{{ length(parameters.token) }}',
  part: '{{ parameters.token == "x" }}',
  variable: '{{ workflow.token }}',
  vars: '{{ vars.token }}',
  variables: '{{ variables.token }}',
  bare: '{{ token }}',
  key: '{{ keystore.secret }}',
  setting: '{{ config.token }}',
  output: '{{ task.make.code }}',
  tasks: '{{ tasks.make.code }}',
  alias: '{{ task.make.result.code }}',
  nested: '{{ task.call.up }}',
  item: '{{ task.each.items[0].up }}',
  of_last_item: '{{ task.each.up }}',
  declared: '{{ task.output.code }}',
  defined: '{{ task.defined.code }}',
  wrapped: '{{ task.wrapped.code }}',
  printed: '{{ task.printed.code }}',
  data: '{{ task.wrapped.data.code }}',
  returned: '{{ workflow.returned }}',
  together: '{{ task.both.left.up }}',
  row: '{{ parameters.rows[0].word }}',
  cells: '{{ parameters.rows[1].cells[0].word }}',
  by_name: '{{ parameters["token"] }}',
  row_by_name: '{{ parameters["rows"][0]["word"] }}',
  row_from_end: '{{ parameters.rows[-2].word }}',
  cells_from_end: '{{ parameters.rows[-1].cells[-1].word }}',
  row_by_expression: '{{ parameters.rows[length(parameters.rows) - 4].word }}',
  item_from_end: '{{ task.each.items[-1].up }}',
  first_row: '{{ (parameters.rows | first).word }}',
  sliced_row: '{{ slice(parameters.rows, 0, 1)[0].word }}',
};

/** What an expression reads there, where it is not the secret `S`. */
const CHANGED: Readonly<Record<string, string>> = {
  length: 'length(S)',
  part: 'false',
  changed: 'upper(S)',
  nested: 'upper(S)',
  item: 'upper(S)',
  item_from_end: 'upper(S)',
  of_last_item: 'upper(S)',
  together: 'upper(S)',
  declared: '"c"',
  defined: '"c"',
  printed: '"c"',
};

/** A parameter whose elements have secrets, and its value. */
const WORD = { word: SECRET };
const ELEMENTS = {
  type: 'array',
  items: { type: 'object', properties: { ...WORD, cells: { type: 'array', items: { properties: WORD } } } },
};
export const rowsWith = (word: string) => [{ word, open: 'r' }, { cells: [{ word }] }];

/** Where the rows are shown. */
export const shownRows = (redacted: object) => [{ word: redacted, open: 'r' }, { cells: [{ word: redacted }] }];

/** A condition that holds where each of them reads that. */
const isClear = (secret: string): string =>
  Object.entries(DERIVED)
    .filter(([name]) => name !== 'text') // a template, and no expression
    .map(([name, expression]) => {
      const clear = (CHANGED[name] ?? 'S').replace('S', JSON.stringify(secret));
      return `(${expression.slice(2, -2)}) == (${clear})`;
    })
    .join(' and ');

/** What an action prints, and declares secret in part. */
const PRINTED = { code: 'c', more: 'm' };

/** An action that prints an object as text, of which it declares a member secret. */
async function createPrinting({ client, name }: Context, pack_ref: string): Promise<string> {
  const ref = `${pack_ref}.${name('printed')}`;
  const entrypoint = `echo '${JSON.stringify(PRINTED)}'`;
  const out_schema = { code: SECRET, more: { type: 'string' } };
  await client.actions.create({ ref, pack_ref, label: 'printed', runtime_ref: 'core.shell', entrypoint, out_schema });
  return ref;
}

/** A workflow that passes secrets on in each way, in a pack with a secret key and setting. */
export async function createPassing(ctx: Context, token: string) {
  const pack = await ctx.ownPack();
  await createPackKey(ctx, pack, 'secret', token);
  const conf_schema = { token: SECRET, region: { type: 'string' } };
  await ctx.client.packs.update(pack, { conf_schema, config: { token, region: 'north' } });
  const inner = await ctx.workflow([NOOP], {
    name: 'inner',
    parameters: { s: SECRET },
    output_map: { up: '{{ upper(parameters.s) }}' },
  });
  const make = await ctx.workflow([NOOP], {
    name: 'make',
    parameters: { s: SECRET },
    output_map: { code: '{{ parameters.s }}', plain: 'p' },
  });
  const publish = [{ token: '{{ parameters.token }}', open: '{{ parameters.open }}', returned: '{{ result().code }}' }];
  const input = { s: '{{ parameters.token }}' };
  const output = await ctx.workflow([NOOP], { name: 'output', output_map: { code: 'c', more: '{{ 1 }}' } });
  await ctx.client.workflows.update(output.ref, { out_schema: { code: SECRET } });
  const defined = await ctx.workflow([NOOP], { name: 'defined', output: { code: SECRET }, output_map: { code: 'c' } });
  const data = { code: '{{ parameters.s }}', more: 'm' };
  const wrapped = await ctx.workflow([NOOP], { name: 'wrapped', parameters: { s: SECRET }, output_map: { data } });
  const printed = await createPrinting(ctx, pack);
  const next = [onSuccess('last')];
  const tasks: AnyTask[] = [
    { name: 'make', action: make.ref, input, next: [{ ...onSuccess('call', 'each'), publish }] },
    { name: 'wrapped', action: wrapped.ref, input, next },
    parallelTask('both', [{ name: 'left', action: inner.ref, input }], onSuccess('last')),
    { name: 'output', action: output.ref, input: { none: 0 }, next },
    { name: 'defined', action: defined.ref, input: { none: 0 }, next },
    { name: 'printed', action: printed, input: { none: 0 }, next },
    { name: 'call', action: inner.ref, input: { s: '{{ workflow.token }}' }, next },
    { name: 'each', action: inner.ref, with_items: ['{{ parameters.token }}'], input: { s: '{{ item }}' }, next },
    { ...NOOP, name: 'last', join: 7, when: isClear(token) },
  ];
  const parameters = { token: SECRET, open: { type: 'string' }, rows: ELEMENTS };
  return ctx.workflow(tasks, {
    parameters,
    output_map: { ...SHOWN, ...DERIVED, list: ['a', DERIVED.parameter] as never },
  });
}
