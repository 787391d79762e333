import { Type } from '@sinclair/typebox';
import { Deleted, one, page } from '../../contract/envelopes';
import { CreateRule, Rule, RuleSummary, UpdateRule } from '../../contract/rules';
import { findActionRow, type ActionRow } from '../store/actions';
import type { Transaction } from '../store/database';
import {
  createRule,
  findRule,
  listRules,
  removeRule,
  ruleOf,
  takeOverRule,
  updateRule,
  type RuleFilter,
  type RuleRow,
} from '../store/rules';
import type { TriggerRow } from '../store/triggers';
import { Refusal } from '../refusal';
import type { Api, ApiContext, Caller } from './context';
import { requireDelegable } from './delegation';
import { notFound } from './errors';
import { requireGrant } from './grants';
import { existingPack, refuseShared } from './pack-access';
import { PageQuery, envelope, pageOf } from './paging';
import { refuseParameters, refuseSecrets } from './rule-parameters';
import { componentTarget } from './targets';
import { existingTrigger } from './triggers';

const PATH = '/api/v1/rules';
const tags = ['rules'];
const params = Type.Object({ ref: Type.String() });
const PAGES = { sizeName: 'page_size', default: 50, cap: 100 } as const;

export function rulesRoutes(api: Api, context: ApiContext): void {
  listRoutes(api, context);
  writeRoutes(api, context);
  switchRoutes(api, context);
}

/** Lists by what a rule belongs to: each says which rules, and that it exists. */
const BELONGING: Readonly<Record<string, (transaction: Transaction, ref: string) => Promise<RuleFilter>>> = {
  packs: async (transaction, ref) => ({ pack: (await existingPack(transaction, ref)).id }),
  actions: async (transaction, ref) => ({ actionRef: (await existingAction(transaction, ref)).ref }),
  triggers: async (transaction, ref) => ({ triggerRef: (await existingTrigger(transaction, ref)).ref }),
};

function listRoutes(api: Api, { db }: ApiContext): void {
  const list = { tags, response: { 200: page(RuleSummary) } };
  const paged = async (transaction: Transaction, filter: RuleFilter, query: PageQuery) => {
    const wanted = pageOf(query, PAGES);
    const { rows, total } = await listRules(transaction, filter, wanted);
    return envelope(wanted, rows, total);
  };

  api.get(PATH, { config: { grant: null }, schema: { ...list, querystring: PageQuery } }, ({ caller, query }) =>
    db.inTenant(caller.tenant, (transaction) => paged(transaction, {}, query)),
  );

  api.get(
    `${PATH}/enabled`,
    { config: { grant: null }, schema: { ...list, querystring: PageQuery } },
    ({ caller, query }) =>
      db.inTenant(caller.tenant, (transaction) => paged(transaction, { enabledOnly: true }, query)),
  );

  for (const [owner, filterOf] of Object.entries(BELONGING)) {
    api.get(
      `/api/v1/${owner}/:ref/rules`,
      { config: { grant: null }, schema: { ...list, params, querystring: PageQuery } },
      ({ caller, params: { ref }, query }) =>
        db.inTenant(caller.tenant, async (transaction) => paged(transaction, await filterOf(transaction, ref), query)),
    );
  }
}

function writeRoutes(api: Api, { db }: ApiContext): void {
  const answer = { tags, params, response: { 200: one(Rule) } };

  api.post(
    PATH,
    { config: { grant: 'rules:create' }, schema: { tags, body: CreateRule, response: { 201: one(Rule) } } },
    async ({ caller, body }, reply) => {
      const row = await db.inTenant(caller.tenant, (transaction) => create(transaction, caller, body));
      return reply.code(201).send({ data: ruleOf(row) });
    },
  );

  api.get(`${PATH}/:ref`, { config: { grant: null }, schema: answer }, ({ caller, params: { ref } }) =>
    db.inTenant(caller.tenant, async (transaction) => ({ data: ruleOf(await existingRule(transaction, ref)) })),
  );

  api.put(
    `${PATH}/:ref`,
    { config: { grant: 'rules:update' }, schema: { ...answer, body: UpdateRule } },
    ({ caller, params: { ref }, body }) =>
      db.inTenant(caller.tenant, async (transaction) => ({
        data: ruleOf(await update(transaction, caller, ref, body)),
      })),
  );

  api.delete(
    `${PATH}/:ref`,
    { config: { grant: 'rules:delete' }, schema: { tags, params, response: { 200: Deleted } } },
    ({ caller, params: { ref } }) =>
      db.inTenant(caller.tenant, async (transaction) => {
        const row = await existingRule(transaction, ref);
        await requireGrant(transaction, caller, 'rules', 'delete', componentTarget(row));
        await removeRule(transaction, row.id);
        return { success: true as const, message: `Rule '${ref}' deleted` };
      }),
  );
}

function switchRoutes(api: Api, { db }: ApiContext): void {
  const schema = { tags, params, response: { 200: one(Rule) } };
  for (const [verb, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    api.post(
      `${PATH}/:ref/${verb}`,
      { config: { grant: 'rules:update', bodiless: true }, schema },
      ({ caller, params: { ref } }) =>
        db.inTenant(caller.tenant, async (transaction) => {
          const row = await existingRule(transaction, ref);
          await requireGrant(transaction, caller, 'rules', 'update', componentTarget(row));
          return { data: ruleOf(await updateRule(transaction, row.id, { enabled }, {})) };
        }),
    );
  }
}

async function existingRule(transaction: Transaction, ref: string): Promise<RuleRow> {
  const row = await findRule(transaction, ref);
  if (!row) throw notFound(`Rule '${ref}'`);
  return row;
}

async function existingAction(transaction: Transaction, ref: string): Promise<ActionRow> {
  const row = await findActionRow(transaction, ref);
  if (!row) throw notFound(`Action '${ref}'`);
  return row;
}

const endsOf = (action: ActionRow, trigger: TriggerRow) => ({
  action: action.id,
  action_ref: action.ref,
  trigger: trigger.id,
  trigger_ref: trigger.ref,
});

/** CONFLICT, NOT_FOUND (pack, action, trigger), FORBIDDEN, VALIDATION_ERROR (parameters), in this order. */
async function create(transaction: Transaction, caller: Caller, body: CreateRule): Promise<RuleRow> {
  if (await findRule(transaction, body.ref)) throw new Refusal('CONFLICT', `Rule '${body.ref}' already exists`);
  const pack = await existingPack(transaction, body.pack_ref);
  const action = await existingAction(transaction, body.action_ref);
  const trigger = await existingTrigger(transaction, body.trigger_ref);
  await requireGrant(
    transaction,
    caller,
    'rules',
    'create',
    componentTarget({ ...body, owner_identity: caller.identity }),
  );
  await requireGrant(transaction, caller, 'actions', 'execute', componentTarget(action));
  refuseShared(pack);
  const sets = body.permission_set_refs ?? action.default_execution_permission_set_refs;
  await requireDelegable(transaction, caller, sets);
  refuseParameters('action', action, body.action_params ?? {});
  await refuseSecrets(transaction, action.ref, body.action_params ?? {}, pack);
  refuseParameters('trigger', trigger, body.trigger_params ?? {});
  return createRule(transaction, body, pack, endsOf(action, trigger), caller.identity);
}

/** What the change touches is looked at as if it were new: ends by ref, the parameters against them, the sets. */
async function update(transaction: Transaction, caller: Caller, ref: string, body: UpdateRule): Promise<RuleRow> {
  const row = await existingRule(transaction, ref);
  const changes = (...fields: (keyof UpdateRule)[]) => fields.some((field) => body[field] !== undefined);
  const action =
    row.owner_gone || changes('action_ref', 'action_params', 'permission_set_refs')
      ? await existingAction(transaction, body.action_ref ?? row.action_ref)
      : null;
  const trigger = changes('trigger_ref', 'trigger_params')
    ? await existingTrigger(transaction, body.trigger_ref ?? row.trigger_ref)
    : null;
  await requireGrant(transaction, caller, 'rules', 'update', componentTarget(row));
  if (action) {
    await requireGrant(transaction, caller, 'actions', 'execute', componentTarget(action));
    const named = body.permission_set_refs === undefined ? row.permission_set_refs : body.permission_set_refs;
    await requireDelegable(transaction, caller, named ?? action.default_execution_permission_set_refs);
    refuseParameters('action', action, body.action_params ?? row.action_params);
    const pack = await existingPack(transaction, row.pack_ref);
    await refuseSecrets(transaction, action.ref, body.action_params ?? row.action_params, pack);
  }
  if (trigger) refuseParameters('trigger', trigger, body.trigger_params ?? row.trigger_params);
  if (row.owner_gone) await takeOverRule(transaction, row.id, caller.identity);
  return updateRule(transaction, row.id, body, {
    ...(action && { action: action.id, action_ref: action.ref }),
    ...(trigger && { trigger: trigger.id, trigger_ref: trigger.ref }),
  });
}
