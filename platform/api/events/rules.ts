import { dataEnvelope } from '../../../contract/envelopes';
import { RuleDecision, RuleDecisionFilter } from '../../../contract/rule-decisions';
import { CreateRule, Rule, RuleSummary, UpdateRule } from '../../../contract/rules';
import { WordsFilter } from '../../../contract/words';
import { componentTarget } from '../../auth/authorization-targets';
import { ownerAfterChange } from '../../auth/author';
import type { Caller } from '../../auth/caller';
import { heldSetRefs, requireDelegable, requireStillDelegable } from '../../auth/delegation';
import { loadPack } from '../../auth/pack-access';
import { DomainError, requireFound } from '../../base/domain-error';
import { declaredSchema } from '../../store/packs/former-schemas';
import { parameterSchemaOf } from '../../store/packs/action-schemas';
import type { Transaction } from '../../store/database/connection';
import { rejectInvalidRule } from '../../store/events/check-rule';
import { listRuleDecisions } from '../../store/events/rule-decisions';
import {
  declaredActionSchema,
  declaredTriggerSchema,
  createRule,
  findRule,
  listRules,
  removeRule,
  setRuleOwner,
  toRule,
  updateRule,
  type RuleRow,
} from '../../store/events/rules';
import { findTrigger, type TriggerRow } from '../../store/events/triggers';
import { findActionRow, type ActionRow } from '../../store/packs/actions';
import type { PackRow } from '../../store/packs/packs';
import {
  inParent,
  onComponent,
  onOwnComponent,
  refParams,
  requireNewComponent,
  requireOwnComponent,
} from '../http/component-requirements';
import type { Api } from '../http/context';
import { deleteRoute } from '../http/delete-route';
import { enableRoutes } from '../http/enable-routes';
import { listRoute } from '../http/list-route';
import { DEFAULT_PAGES } from '../http/paging';
import { route } from '../http/route';
import { loadAction } from '../packs/actions';
import { rejectDisclosure, withStoredParameters } from '../http/stored-parameters';
import { rejectUndeclaredSecrets, validateRuleParameters } from './rule-parameters';
import { loadTrigger } from './triggers';

const PATH = '/api/v1/rules';
const tags = ['rules'];
const item = { tags, params: refParams, response: { 200: dataEnvelope(Rule) } };
const list = { tags, grant: null, filter: WordsFilter, item: RuleSummary, pages: DEFAULT_PAGES };

export function rulesRoutes(api: Api): void {
  listRoutes(api);
  readRoutes(api);
  decisionsRoute(api);
  createRoute(api);
  changeRoutes(api);
}

function listRoutes(api: Api): void {
  listRoute(api, {
    ...list,
    path: PATH,
    list: ({ transaction, query, page }) => listRules(transaction, { q: query.q }, page),
  });
  listRoute(api, {
    ...list,
    path: `${PATH}/enabled`,
    list: ({ transaction, query, page }) => listRules(transaction, { enabledOnly: true, q: query.q }, page),
  });
  listRoute(api, {
    ...list,
    ...inParent(loadPack),
    path: '/api/v1/packs/:ref/rules',
    list: ({ transaction, loaded, query, page }) => listRules(transaction, { pack: loaded.id, q: query.q }, page),
  });
  listRoute(api, {
    ...list,
    ...inParent(loadAction),
    path: '/api/v1/actions/:ref/rules',
    list: ({ transaction, loaded, query, page }) => listRules(transaction, { actionRef: loaded.ref, q: query.q }, page),
  });
  listRoute(api, {
    ...list,
    ...inParent(loadTrigger),
    path: '/api/v1/triggers/:ref/rules',
    list: ({ transaction, loaded, query, page }) =>
      listRules(transaction, { triggerRef: loaded.ref, q: query.q }, page),
  });
}

function readRoutes(api: Api): void {
  route(api, {
    method: 'GET',
    path: `${PATH}/:ref`,
    grant: null,
    schema: item,
    ...onComponent(loadRule),
    handle: ({ loaded }) => ({ data: toRule(loaded) }),
  });
}

/** Every caller of the tenant may read events, and so what a rule made of them. */
function decisionsRoute(api: Api): void {
  listRoute(api, {
    tags,
    grant: null,
    extension: 'rules.decisions',
    ...inParent(loadRule),
    path: `${PATH}/:ref/decisions`,
    filter: RuleDecisionFilter,
    item: RuleDecision,
    pages: DEFAULT_PAGES,
    list: ({ transaction, loaded, query, page }) => listRuleDecisions(transaction, loaded, query, page),
  });
}

function createRoute(api: Api): void {
  route(api, {
    method: 'POST',
    path: PATH,
    grant: 'rules:create',
    schema: { tags, body: CreateRule, response: { 201: dataEnvelope(Rule) } },
    load: ({ transaction, body }) => loadReferences(transaction, body),
    target: ({ body, caller }) => componentTarget({ ...body, owner_identity: caller.identity }),
    additionalGrants: [{ grant: 'actions:execute', target: ({ loaded }) => componentTarget(loaded.action) }],
    check: ({ transaction, rights, body, loaded }) =>
      requireNewComponent(transaction, rights, 'rules:create', body, loaded.pack),
    handle: async ({ transaction, caller, body, loaded }) => ({
      data: toRule(await createRuleForCaller(transaction, caller, body, loaded)),
    }),
  });
}

function changeRoutes(api: Api): void {
  route(api, {
    method: 'PUT',
    path: `${PATH}/:ref`,
    grant: 'rules:update',
    schema: { ...item, body: UpdateRule },
    load: ({ transaction, params, body }) => loadChange(transaction, params.ref, body),
    target: ({ loaded }) => componentTarget(loaded.rule),
    check: ({ transaction, rights, loaded }) => requireOwnComponent(transaction, rights, loaded.rule),
    additionalGrants: [
      { grant: 'actions:execute', target: ({ loaded: { action } }) => action && componentTarget(action) },
    ],
    handle: async ({ transaction, caller, body, loaded }) => ({
      data: toRule(await updateRuleForCaller(transaction, caller, body, loaded)),
    }),
  });

  deleteRoute(api, {
    path: `${PATH}/:ref`,
    grant: 'rules:delete',
    tags,
    params: refParams,
    ...onOwnComponent(loadRule),
    remove: ({ transaction, loaded }) => removeRule(transaction, loaded.id),
    name: ({ params }) => `Rule '${params.ref}'`,
  });

  enableRoutes(api, {
    path: `${PATH}/:ref`,
    grant: 'rules:update',
    schema: item,
    ...onOwnComponent(loadRule),
    setEnabled: async ({ transaction, loaded }, enabled) => ({
      data: toRule(await updateRule(transaction, loaded.id, { enabled }, {})),
    }),
  });
}

export const loadRule = async (transaction: Transaction, ref: string): Promise<RuleRow> =>
  requireFound(await findRule(transaction, ref), `Rule '${ref}'`);

interface References {
  readonly pack: PackRow;
  readonly action: ActionRow;
  readonly trigger: TriggerRow;
}

/** CONFLICT, NOT_FOUND (pack, action, trigger), in this order. */
async function loadReferences(transaction: Transaction, body: CreateRule): Promise<References> {
  if (await findRule(transaction, body.ref)) throw new DomainError('CONFLICT', `Rule '${body.ref}' already exists`);
  return {
    pack: await loadPack(transaction, body.pack_ref),
    action: await loadAction(transaction, body.action_ref),
    trigger: await loadTrigger(transaction, body.trigger_ref),
  };
}

/** FORBIDDEN (permission sets), VALIDATION_ERROR (parameters), in this order. */
async function createRuleForCaller(
  transaction: Transaction,
  caller: Caller,
  body: CreateRule,
  { pack, action, trigger }: References,
): Promise<RuleRow> {
  const permissionSets = body.permission_set_refs ?? action.default_execution_permission_set_refs;
  await requireDelegable(transaction, caller, permissionSets);
  validateRuleParameters('action', action, body.action_params ?? {});
  await rejectUndeclaredSecrets(transaction, action.ref, body.action_params ?? {}, {
    pack,
    payloadSchema: trigger.out_schema,
  });
  validateRuleParameters('trigger', trigger, body.trigger_params ?? {});
  rejectInvalidRule(transaction, {
    conditions: body.conditions,
    actionParams: body.action_params,
    timer: { trigger: trigger.ref, params: body.trigger_params ?? {} },
  });
  const references = {
    ...referenceTo(action),
    trigger: trigger.id,
    trigger_ref: trigger.ref,
    permission_limit: await heldSetRefs(transaction, caller),
    saved_by: caller.owner,
  };
  return createRule(transaction, body, pack, references, caller.identity);
}

const referenceTo = (action: ActionRow) => ({ action: action.id, action_ref: action.ref });

interface RuleChange {
  readonly rule: RuleRow;
  /** The action and the trigger of the changed rule, where the change concerns them. */
  readonly action: ActionRow | null;
  readonly trigger: TriggerRow | null;
}

/**
 * A change is checked like a new rule in what it concerns: references, their parameters,
 * permission sets. NOT_FOUND.
 */
async function loadChange(transaction: Transaction, ref: string, body: UpdateRule): Promise<RuleChange> {
  const rule = await loadRule(transaction, ref);
  const changes = (...fields: (keyof UpdateRule)[]) => fields.some((field) => body[field] !== undefined);
  const concernsAction = rule.owner_gone || changes('action_ref', 'action_params', 'permission_set_refs');
  return {
    rule,
    action: concernsAction ? await loadAction(transaction, body.action_ref ?? rule.action_ref) : null,
    trigger: changes('trigger_ref', 'trigger_params')
      ? await loadTrigger(transaction, body.trigger_ref ?? rule.trigger_ref)
      : null,
  };
}

async function updateRuleForCaller(
  transaction: Transaction,
  caller: Caller,
  given: UpdateRule,
  { rule, action, trigger }: RuleChange,
): Promise<RuleRow> {
  const body = withStoredParameters(given, rule);
  if (action) {
    const requestedSets = body.permission_set_refs === undefined ? rule.permission_set_refs : body.permission_set_refs;
    await requireDelegable(transaction, caller, requestedSets ?? action.default_execution_permission_set_refs);
    const { action_params: stored } = rule;
    rejectDisclosure('action_params', {
      stored,
      schema: declaredActionSchema(rule),
      given: given.action_params,
      newSchema: await parameterSchemaOf(transaction, action.ref),
    });
    const parameters = body.action_params ?? stored;
    validateRuleParameters('action', action, parameters);
  }
  if (action || trigger) {
    await rejectUndeclaredSecrets(
      transaction,
      action?.ref ?? rule.action_ref,
      body.action_params ?? rule.action_params,
      {
        pack: await loadPack(transaction, rule.pack_ref),
        payloadSchema: (trigger ?? (await findTrigger(transaction, rule.trigger_ref)))?.out_schema ?? null,
      },
    );
  }
  if (!action && (trigger || body.conditions !== undefined)) {
    const current = await findActionRow(transaction, rule.action_ref);
    const kept = rule.permission_set_refs ?? current?.default_execution_permission_set_refs ?? [];
    await requireStillDelegable(transaction, caller, kept);
  }
  const triggerParams = body.trigger_params ?? rule.trigger_params;
  if (trigger) {
    rejectDisclosure('trigger_params', {
      stored: rule.trigger_params,
      schema: declaredTriggerSchema(rule),
      given: given.trigger_params,
      newSchema: await declaredSchema(transaction, 'trigger', trigger.ref, trigger.param_schema),
    });
    validateRuleParameters('trigger', trigger, triggerParams);
  }
  rejectInvalidRule(transaction, {
    conditions: body.conditions,
    actionParams: body.action_params,
    timer: trigger && { trigger: trigger.ref, params: triggerParams },
  });
  const changesRun = action !== null || trigger !== null || body.conditions !== undefined;
  return updateRule(transaction, rule.id, body, {
    ...(action && referenceTo(action)),
    ...(changesRun && (await authorOfChange(transaction, caller, rule))),
    ...(trigger && { trigger: trigger.id, trigger_ref: trigger.ref }),
  });
}

/** Who changes what a rule runs limits it, and may become its owner. */
async function authorOfChange(transaction: Transaction, caller: Caller, rule: RuleRow) {
  const owner = await ownerAfterChange(transaction, caller, rule);
  if (owner !== rule.owner_identity && owner !== null) await setRuleOwner(transaction, rule.id, owner);
  return { permission_limit: await heldSetRefs(transaction, caller), saved_by: caller.owner };
}
