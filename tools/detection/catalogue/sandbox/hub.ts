import type { Faults } from '../../fault';

/** What a hub stores, and to whom it is shown. */
export const HUB_FAULTS: Faults = {
  F1699: {
    promise: 'a report is stored once',
    file: '../tools/hub/store/runs.ts',
    within: 'storeRun',
    find: `conflict.column('key').doNothing()`,
    replace: `conflict.column('id').doNothing()`,
    claims: ['S2-26'],
  },
  F1700: {
    promise: 'the text of a report is escaped in a page',
    file: '../tools/hub/page/templates.ts',
    within: 'openTemplates',
    find: 'autoescape: true',
    replace: 'autoescape: false',
    claims: ['S2-26'],
  },
  F1701: {
    promise: 'an invalid report is rejected',
    file: '../tools/hub/server/parse-report.ts',
    within: 'parseReport',
    find: 'problems.length > 0 ? { problems } : { run: sandboxRows(body as SandboxReport) }',
    replace: '{ run: sandboxRows(body as SandboxReport) }',
    claims: ['S2-27'],
  },
  F1702: {
    promise: 'without a token, other names of the host are rejected',
    file: '../tools/hub/server/access.ts',
    within: 'requireAccess',
    find: `LOOPBACK.test(headers.host ?? '')`,
    replace: 'true',
    claims: ['S2-28'],
  },
  F1703: {
    promise: 'another token is rejected',
    file: '../tools/hub/server/access.ts',
    within: 'hasToken',
    find: `if (scheme.toLowerCase() === 'bearer') return isEqual(value, token);`,
    replace: `if (scheme.toLowerCase() === 'bearer') return value !== '';`,
    claims: ['S2-28'],
  },
  F1704: {
    promise: 'the runs of one repository are listed',
    file: '../tools/hub/store/runs.ts',
    within: 'listRuns',
    find: `query.where('repository', '=', repository)`,
    replace: `query.where('repository', '!=', repository)`,
    claims: ['S2-29'],
  },
  F1705: {
    promise: 'an interrupted run says nothing of its repository',
    file: '../tools/hub/store/sandbox-run.ts',
    within: 'outcomeOf',
    find: `interrupted ? 'cancelled' : code === 0 ? 'passed' : 'failed'`,
    replace: `interrupted || code === 0 ? 'passed' : 'failed'`,
    claims: ['S2-30'],
  },
};
