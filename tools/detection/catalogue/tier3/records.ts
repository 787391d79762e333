import type { Faults } from '../../fault';

/** Pages, log-ins of programs, versions of packs, the audit log and rate limits. */
export const RECORD_FAULTS: Faults = {
  F1618: {
    promise: 'an integration token has the rights of its identity',
    file: 'auth/issue-tokens.ts',
    within: 'issueIntegrationTokens',
    find: 'signAccessToken(context, person, session, { seconds, metadata: { integration_token_id: id } })',
    replace:
      'signAccessToken(context, { ...person, id: 1 }, session, { seconds, metadata: { integration_token_id: id } })',
    claims: ['T3.23a'],
  },
  F1619: {
    promise: 'a revoked integration token logs in no more',
    file: 'store/functions/identities/find_integration_token.sql',
    find: 't.revoked_at is null and (t.expires_at is null or t.expires_at > tenant_now(t.tenant))',
    replace: 't.expires_at is null or t.expires_at > tenant_now(t.tenant)',
    claims: ['T3.23b'],
  },
  F1909: {
    promise: 'an integration token logs in no more after its instant',
    file: 'store/functions/identities/find_integration_token.sql',
    find: 't.expires_at > tenant_now(t.tenant)',
    replace: "t.expires_at > tenant_now(t.tenant) - interval '20 s'",
    claims: ['T3.23c'],
  },
  F1910: {
    promise: 'the refresh of an integration token ends with the token',
    file: 'store/functions/identities/find_integration_token.sql',
    find: 't.revoked_at is null and (t.expires_at is null or t.expires_at > tenant_now(t.tenant))',
    replace: 't.revoked_at is null',
    claims: ['T3.23c'],
  },
  F1620: {
    promise: 'a new version of a pack removes the actions that it lacks',
    file: 'packs/save/register.ts',
    within: 'removeAllUndeclared',
    find: 'for (const [table, refs] of declared) await removeUndeclared(transaction, table, pack, refs);',
    replace: `for (const [table, refs] of declared) {
    if (table !== 'action') await removeUndeclared(transaction, table, pack, refs);
  }`,
    claims: ['T3.27b'],
  },
  F1876: {
    promise: 'a new version of a pack is stored as such',
    file: 'packs/save/pack.ts',
    within: 'packColumns',
    find: 'version: manifest.version',
    replace: `version: manifest.version.replace(/^2/, '1')`,
    claims: ['T3.27a'],
  },
  F1621: {
    promise: 'a change that failed is recorded as a failure',
    file: 'api/records/describe-request.ts',
    within: 'outcomeOf',
    find: "status >= 400 ? 'failure' : 'success'",
    replace: "status >= 500 ? 'failure' : 'success'",
    claims: ['T3.28a'],
  },
  F1622: {
    promise: 'the audit log has the requests that were denied',
    file: 'api/records/describe-request.ts',
    within: 'outcomeOf',
    find: "DENIALS.has(status) ? 'denied' : status >= 400 ? 'failure' : 'success'",
    replace: "status >= 400 ? 'failure' : 'success'",
    claims: ['T3.28b'],
  },
  F1623: {
    promise: 'a webhook accepts as many calls as its rate limit names',
    file: 'webhooks/receive-webhook.ts',
    within: 'findRejection',
    find: '(await countRecentDeliveries(transaction, delivery, rate.windowSeconds)) >= rate.requests',
    replace: '(await countRecentDeliveries(transaction, delivery, rate.windowSeconds)) > rate.requests',
    claims: ['T3.29a'],
  },
  F3201: {
    promise: 'the audit log has each denied request, also one that only reads',
    file: 'api/records/record-requests.ts',
    within: 'isRecordable',
    find: "outcomeOf(status) === 'denied'",
    replace: 'status === 429',
    claims: ['T3.28b'],
  },
};
