import type { Fault } from '../fault';

/** What callers of the API see: in lists, records, rights, and after a second change. */
export const CALLER_FAULTS: readonly Fault[] = [
  {
    id: 'F2700',
    promise: 'the name of an expired key of a sensor is free again',
    file: 'store/secrets/keys.ts',
    within: 'insertKey',
    find: "owner.owner_identity ?? owner.owner_pack ?? owner.owner_action ?? owner.owner_sensor ?? 'system'",
    replace: "owner.owner_identity ?? owner.owner_pack ?? owner.owner_action ?? 'system'",
    claims: ['T3.35b'],
  },
  {
    id: 'F2701',
    promise: 'a search does not find a key whose lifetime has ended',
    file: 'store/secrets/keys.ts',
    within: 'findKeysWithoutValue',
    find: `transaction
      .selectFrom('key')
      .select(COLUMNS_WITHOUT_VALUE)
      .select(OWNING_PACK_REF)
      .where(isUnexpired)`,
    replace: "transaction.selectFrom('key').select(COLUMNS_WITHOUT_VALUE).select(OWNING_PACK_REF)",
    claims: ['T3.35b'],
  },
  {
    id: 'F2702',
    promise: 'a search finds what the caller may read behind matches that it may not read',
    file: 'api/keys/search.ts',
    within: 'hitsOf',
    find: 'matches.slice(start, start + BATCH)',
    replace: 'matches.slice(start, start + limit)',
    claims: ['S0-37'],
  },
  {
    id: 'F2703',
    promise: 'the number of a removed version of an artifact is not used again',
    file: 'store/artifacts/versions.ts',
    within: 'removeVersion',
    find: 'update artifact set updated = ${now}',
    replace: `update artifact set last_version = coalesce((select max(v.version) from artifact_version v
      where v.artifact = artifact.id), 0), updated = \${now}`,
    claims: ['T3.36a', 'S0-46'],
  },
  {
    id: 'F2704',
    promise: 'an artifact of a sensor keeps as many versions as the sensor says',
    file: 'store/artifacts/write-artifacts.ts',
    within: 'inheritedRetention',
    find: 's.artifact_retention_limit, ${defaultLimit}',
    replace: '${defaultLimit}',
    claims: ['T3.36c'],
  },
  {
    id: 'F2705',
    promise: 'an artifact that is created with its first version keeps what its execution says',
    file: 'api/artifacts/artifact-of-ref.ts',
    within: 'createdOrFound',
    find: 'execution: loaded.execution',
    replace: 'execution: null',
    claims: ['T3.36c'],
  },
  {
    id: 'F2707',
    promise: 'an inquiry that expires is announced to its assignee alone',
    file: 'store/functions/notifications/notify_inquiry_change.sql',
    within: 'notify_inquiry_change',
    find: "'inquiry_timeout', 'inquiry', new.id, new.assigned_to,",
    replace: "'inquiry_timeout', 'inquiry', new.id, null,",
    claims: ['T3.34a'],
  },
  {
    id: 'F2708',
    promise: 'the first revocation of an integration token is kept',
    file: 'store/identities/integration-tokens.ts',
    within: 'revokeIntegrationToken',
    find: `transaction
      .updateTable('integration_token')
      .set({ revoked_at: now, revoked_by: revokedBy, revocation_reason: reason, updated: now })
      .where('id', '=', id)
      .where('identity', '=', identity)
      .where('revoked_at', 'is', null)`,
    replace: `transaction
      .updateTable('integration_token')
      .set({ revoked_at: now, revoked_by: revokedBy, revocation_reason: reason, updated: now })
      .where('id', '=', id)
      .where('identity', '=', identity)`,
    claims: ['T3.23b'],
  },
  {
    id: 'F2710',
    promise: 'another name of a tenant leaves its weight',
    file: 'store/functions/identities/update_tenant.sql',
    within: 'update_tenant',
    find: 'slot_weight = coalesce(new_weight, slot_weight)',
    replace: 'slot_weight = coalesce(new_weight, 1)',
    claims: ['T3.38b'],
  },
  {
    id: 'F2711',
    promise: 'an identity of a frozen tenant cannot log in',
    file: 'store/functions/identities/identity_by_login.sql',
    within: 'identity_by_login',
    find: 'i.frozen or t.frozen',
    replace: 'i.frozen',
    claims: ['T1.7g'],
  },
  {
    id: 'F2712',
    promise: 'a log-in that fails is recorded in the tenant of its login',
    file: 'store/functions/append_audit_event.sql',
    within: 'append_audit_event',
    find: 'coalesce(of_tenant, i.tenant, 1)',
    replace: 'coalesce(of_tenant, 1)',
    claims: ['T3.32d'],
  },
  {
    id: 'F2713',
    promise: 'a read of the secret parameters of an execution has a row of the audit log',
    file: 'api/records/record-requests.ts',
    within: 'readsSecrets',
    find: "routeOptions.url === '/api/v1/keys/:ref' || (query as Readonly<Record<string, unknown>> | undefined)?.include_secret_values === true",
    replace: "routeOptions.url === '/api/v1/keys/:ref'",
    claims: ['S0-55'],
  },
  {
    id: 'F2714',
    promise: 'the history of a key shows another end of its lifetime',
    file: 'store/functions/history/key_history_values.sql',
    within: 'key_history_values',
    find: "'version', k.version, 'expires_at', k.expires_at,",
    replace: "'version', k.version,",
    claims: ['S0-55'],
  },
  {
    id: 'F2715',
    promise: 'an abandoned execution counts as one that ended',
    file: 'store/records/analytics.ts',
    within: 'countEnds',
    find: "'cancelled', 'timeout', 'abandoned'",
    replace: "'cancelled', 'timeout'",
    claims: ['T3.12a'],
  },
  {
    id: 'F2718',
    promise: 'another item with the key of one that waits for its retry changes that one',
    file: 'store/queues/items.ts',
    within: 'lockPendingItems',
    find: "['queued', 'retry']",
    replace: "['queued']",
    claims: ['T2.23g'],
  },
  {
    id: 'F2719',
    promise: 'a changed payload of an item is validated by the schema of its queue',
    file: 'api/queues/queue-items.ts',
    within: 'changeRoutes',
    find: 'if (change.payload !== undefined) requirePayload(loaded.queue, change.payload);',
    replace: ';',
    claims: ['T2.23h'],
  },
  {
    id: 'F2720',
    promise: 'what a trigger declares secret of the config of an event is not shown',
    file: 'store/events/events.ts',
    within: 'eventsOfTrigger',
    find: 'row.config && shownParameters(row.config, param_schema)',
    replace: 'row.config',
    claims: ['T2.3o'],
  },
  {
    id: 'F2722',
    promise: 'two executions that send the same Idempotency-Key are two callers',
    file: 'store/executions/idempotent-requests.ts',
    within: 'runOnce',
    find: 'writeJson([operation, login, key])',
    replace: 'writeJson([operation, key])',
    claims: ['T2.17c'],
  },
  {
    id: 'F2723',
    promise: 'a list whose first row is named by an offset has the page of that row',
    file: 'api/http/paging.ts',
    within: 'pageAtOffset',
    find: 'Math.floor(offset / size) + 1',
    replace: 'Math.ceil(offset / size) + 1',
    claims: ['T3.32c'],
  },
];
