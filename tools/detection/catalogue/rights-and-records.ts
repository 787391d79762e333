import type { Faults } from '../fault';

/** Rights, sessions, webhooks, rules and secrets, each on one of several paths. */
export const RIGHTS_AND_RECORD_FAULTS: Faults = {
  F2822: {
    promise: 'a webhook takes a body of exactly its largest size',
    file: 'webhooks/receive-webhook.ts',
    within: 'findRejection',
    find: 'delivery.bytes > maxPayloadBytes(config)',
    replace: 'delivery.bytes >= maxPayloadBytes(config)',
    claims: ['T2.19h'],
  },
  F2823: {
    promise: 'an event says that its signature was verified only where there was one',
    file: 'webhooks/receive-webhook.ts',
    within: 'isVerified',
    find: "signature !== 'not-required'",
    replace: 'signature !== null',
    claims: ['T2.19g'],
  },
  F2826: {
    promise: 'a subscription receives nothing more once its tenant is frozen',
    file: 'store/functions/notifications/notify_rights_change.sql',
    find: `create or replace trigger notify_rights_change after update on tenant
  for each row execute`,
    replace: `create or replace trigger notify_rights_change after update on tenant
  for each row when (old.name is distinct from new.name) execute`,
    claims: ['T3.33d'],
  },
  F2829: {
    promise: 'a list of the integration tokens of an identity holds no token of another one',
    file: 'store/identities/integration-tokens.ts',
    within: 'listIntegrationTokens',
    find: `transaction
    .selectFrom('integration_token')
    .selectAll()
    .select(isActive)
    .where('identity', '=', identity)
    .orderBy('id', 'desc')
    .execute()`,
    replace: "transaction.selectFrom('integration_token').selectAll().select(isActive).orderBy('id', 'desc').execute()",
    claims: ['T3.23d'],
  },
  F2830: {
    promise: 'a token is removed through the path of its own identity only',
    file: 'store/identities/integration-tokens.ts',
    within: 'removeIntegrationToken',
    find: `transaction
    .deleteFrom('integration_token')
    .where('id', '=', id)
    .where('identity', '=', identity)
    .executeTakeFirst()`,
    replace: "transaction.deleteFrom('integration_token').where('id', '=', id).executeTakeFirst()",
    claims: ['T3.23d'],
  },
  F2832: {
    promise: 'a password that a person changes ends the other sessions of the person',
    file: 'store/identities/identities.ts',
    within: 'replacePassword',
    find: '{ password_hash, session_epoch: nextSessionEpoch, updated: now }',
    replace: '{ password_hash, updated: now }',
    claims: ['T3.33c'],
  },
  F2833: {
    promise: 'a grant for what has no owner does not cover what has no field owner',
    file: 'auth/constraints.ts',
    within: 'CONSTRAINT_CHECKS',
    find: "expected === 'none' && owner === null",
    replace: "expected === 'none' && (owner ?? null) === null",
    claims: ['T3.33i'],
  },
  F2834: {
    promise: 'the secrets of an enforcement take the right to decrypt them',
    file: 'api/events/enforcements.ts',
    within: 'enforcementsRoutes',
    find: 'query.include_secret_values ? enforcementTarget(transaction, loaded) : null',
    replace: 'query.include_secret_values === false ? enforcementTarget(transaction, loaded) : null',
    claims: ['T3.35d'],
  },
  F2839: {
    promise: 'the secret parameters of a rule are not shown by another trigger',
    file: 'api/events/rules.ts',
    within: 'updateRuleForCaller',
    find: "newSchema: await declaredSchema(transaction, 'trigger', trigger.ref, trigger.param_schema)",
    replace: 'newSchema: rule.trigger_schema',
    claims: ['T2.20h'],
  },
  F2841: {
    promise: 'the secrets of an execution take the right to decrypt them',
    file: 'api/executions/executions.ts',
    within: 'itemRoutes',
    find: 'call.query.include_secret_values ? onExecution.target(call) : null',
    replace: 'call.query.include_secret_values === false ? onExecution.target(call) : null',
    claims: ['T3.35d'],
  },
  F2842: {
    promise: 'the secret parameters of a rule are not shown by another action',
    file: 'api/events/rules.ts',
    within: 'updateRuleForCaller',
    find: 'newSchema: await parameterSchemaOf(transaction, action.ref)',
    replace: 'newSchema: rule.action_schema',
    claims: ['T2.20h'],
  },
  F2843: {
    promise: 'a grant for kinds of owners does not cover what has no kind of owner',
    file: 'auth/constraints.ts',
    within: 'CONSTRAINT_CHECKS',
    find: 'isListed(expected, ownerType)',
    replace: 'ownerType === undefined || isListed(expected, ownerType)',
    claims: ['T3.33i'],
  },
};
