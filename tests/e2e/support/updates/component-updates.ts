import type { Context } from '../../../../helpers/scenario/context';
import {
  setAndClear,
  setAndOmit,
  to,
  toOther,
  where,
  type Fields,
  type UpdateTable,
  type UpdateWorld,
} from './update-table';

const TEXT = 'another text';
const LABEL = to('label', 'another label');
const DESCRIPTION = to('description', TEXT);
const VERSION = to('version', '2.0.0');
const TAGS = to('tags', ['other', 'tags']);
const SCHEMA = { size: { type: 'integer', required: true } };
const PARAMETERS = to('param_schema', SCHEMA);
const OUTPUT = to('out_schema', { done: { type: 'boolean' } });
const FLOW = { version: '1.0.0', tasks: [{ name: 'one', action: 'core.noop' }] };
/** With all that the platform would add. */
const OTHER_FLOW = {
  ref: 'other.flow',
  label: 'other',
  version: '2.0.0',
  tasks: [{ name: 'two', action: 'core.echo', input: { message: 'x' } }],
};

const PLACEMENT = [
  to('worker_selector', { zone: 'north' }),
  to('worker_tolerations', [{ key: 'spot', operator: 'exists', effect: 'no_schedule' }]),
  to('worker_affinity', { preferred: [{ weight: 3, preference: { match_labels: { zone: 'south' } } }] }),
];

/** Of artifacts and logs, each with policy and limit. */
const RETENTION = [
  ...setAndOmit('artifact_retention_policy', 'days'),
  ...setAndOmit('artifact_retention_limit', 7),
  ...setAndOmit('log_retention_policy', 'hours'),
  ...setAndOmit('log_retention_limit', 9),
];

/** A platform with tenants has the other extensions of definitions, too. */
const hasExtensions = (ctx: Context): boolean => ctx.canProve('tenants');

const hasRecovery = (ctx: Context): boolean => ctx.canProve('executions.recovery');
const hasLimits = (ctx: Context): boolean => ctx.canProve('executions.timeout');

const inPack = ({ pack, ctx }: UpdateWorld, label: string) => ({
  ref: `${pack}.${ctx.name(label)}`,
  pack_ref: pack,
  label,
  description: 'first',
});

const PACK: UpdateTable = {
  route: '/packs/{ref}',
  create: async ({ ctx }, label, fields) => {
    const body = { ref: ctx.name(`updated-${label}`), label, version: '1.0.0', ...fields };
    const { ref } = await ctx.client.packs.create(body);
    ctx.defer(() => ctx.client.packs.remove(ref));
    return `/packs/${ref}`;
  },
  changes: [
    LABEL,
    VERSION,
    ...setAndClear('description', TEXT),
    to('conf_schema', SCHEMA),
    to('config', { size: 3 }),
    to('meta', { nested: [1, null] }),
    TAGS,
    to('runtime_deps', ['core.shell']),
    to('dependencies', ['core']),
  ],
  out: { is_standard: 'T3.11d: no user marks a pack' },
};

const createAction = (world: UpdateWorld, label: string, fields: Fields | { param_schema?: typeof SCHEMA } = {}) =>
  world.ctx.client.actions.create({
    ...inPack(world, label),
    entrypoint: 'true',
    runtime_ref: 'core.shell',
    ...fields,
  });

const ACTION: UpdateTable = {
  route: '/actions/{ref}',
  create: async (world, label, fields) => `/actions/${(await createAction(world, label, fields)).ref}`,
  changes: [
    LABEL,
    DESCRIPTION,
    to('entrypoint', 'exit 3'),
    PARAMETERS,
    OUTPUT,
    where(hasExtensions, to('env_schema', { HOME_OF_IT: { description: 'a directory' } })),
    toOther('runtime_ref', ({ ctx }) => ctx.client.runtimes.get('core.python')),
    to('accesses_mcp', true),
    ...[to('timeout_seconds', 12.5), ...setAndOmit('timeout_seconds', 7)].map((change) => where(hasLimits, change)),
    where(hasRecovery, to('on_worker_loss', 'abandon')),
    to('required_worker_runtimes', { python: '>=3.8' }),
    ...PLACEMENT,
    ...RETENTION,
    to('default_execution_permission_set_refs', ['core.viewer']),
    ...setAndOmit('runtime_version_constraint', '>=1'),
  ],
  out: { runtime: 'the id of runtime_ref' },
};

const WORKFLOW: UpdateTable = {
  route: '/workflows/{ref}',
  create: async (world, label, fields) => {
    const workflow = { ...inPack(world, label), version: '1.0.0', definition: FLOW, ...fields };
    return `/workflows/${(await world.ctx.client.workflows.create(workflow)).ref}`;
  },
  computed: ['revision'],
  copy: {
    pathOf: (path) => path.replace('/workflows/', '/actions/'),
    fields: ['label', 'description', 'param_schema', 'out_schema'],
  },
  changes: [LABEL, VERSION, DESCRIPTION, PARAMETERS, OUTPUT, TAGS, to('definition', OTHER_FLOW)],
};

const TRIGGER: UpdateTable = {
  route: '/triggers/{ref}',
  create: async (world, label, fields) =>
    `/triggers/${(await world.ctx.client.triggers.create({ ...inPack(world, label), ...fields })).ref}`,
  changes: [
    LABEL,
    ...setAndClear('description', TEXT),
    ...setAndClear('param_schema', SCHEMA),
    ...setAndClear('out_schema', SCHEMA),
    to('enabled', false),
  ],
};

const createTrigger = (world: UpdateWorld, label: string) =>
  world.ctx.client.triggers.create(inPack(world, `of-${label}`));

const SENSOR: UpdateTable = {
  route: '/sensors/{ref}',
  create: async (world, label, fields) => {
    const { ref: trigger_ref } = await createTrigger(world, `sensor-${label}`);
    const program = { entrypoint: 'none.sh', runtime_ref: 'core.shell', enabled: false };
    const body = { ...inPack(world, label), trigger_ref, ...program, ...fields };
    const { ref } = await world.ctx.client.sensors.create(body);
    return `/sensors/${ref}`;
  },
  changes: [
    LABEL,
    DESCRIPTION,
    to('entrypoint', 'other.sh'),
    ...setAndClear('param_schema', SCHEMA),
    ...PLACEMENT,
    ...RETENTION,
  ],
  out: { enabled: 'T3.6b: an enabled sensor runs' },
};

const RULE: UpdateTable = {
  route: '/rules/{ref}',
  create: async (world, label, fields) => {
    const { ref: trigger_ref } = await createTrigger(world, `rule-${label}`);
    const bodies = {
      conditions: [{ field: 'a', operator: 'equals', value: 1 }],
      action_params: { size: 1 },
      trigger_params: { first: 1 },
    };
    const { ref } = await world.ctx.client.rules.create({
      ...inPack(world, label),
      ...bodies,
      trigger_ref,
      action_ref: 'core.noop',
      permission_set_refs: ['core.viewer'],
      ...fields,
    });
    return `/rules/${ref}`;
  },
  changes: [
    LABEL,
    DESCRIPTION,
    toOther('action_ref', (world) => createAction(world, 'of-rule', { param_schema: SCHEMA })),
    toOther('trigger_ref', (world) => createTrigger(world, 'rule')),
    to('conditions', { expression: 'event.payload.a == 2' }),
    to('action_params', { size: 2 }),
    to('trigger_params', { other: true }),
    to('permission_set_refs', []),
    to('permission_set_refs', null),
    to('enabled', false),
  ],
};

const RUNTIME: UpdateTable = {
  route: '/runtimes/{ref}',
  create: async (world, name, fields) => {
    const { ref, pack_ref, description } = inPack(world, name);
    const bodies = { distributions: { linux: 'first' }, execution_config: { interpreter: { binary: 'sh' } } };
    const body = { ref, pack_ref, description, name, ...bodies, ...fields };
    return `/runtimes/${(await world.ctx.client.runtimes.create(body)).ref}`;
  },
  changes: [
    to('name', 'another name'),
    ...setAndClear('description', TEXT),
    to('distributions', { linux: 'other' }),
    ...setAndClear('installation', { how: 'apt' }),
    to('execution_config', { interpreter: { binary: 'bash', args: ['-e'] } }),
  ],
};

/** Updates of what a pack contains. */
export const COMPONENT_UPDATES = [PACK, ACTION, WORKFLOW, TRIGGER, SENSOR, RULE, RUNTIME];
