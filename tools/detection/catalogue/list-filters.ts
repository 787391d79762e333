import type { Fault } from '../fault';

/** Filters, counts and order of lists. */
export const LIST_FILTER_FAULTS: readonly Fault[] = [
  {
    id: 'F807',
    promise: 'the number of all events is the exact count, not that of the page',
    file: 'store/events/events.ts',
    within: 'listEvents',
    find: 'await countRows(matching)',
    replace: 'rows.length',
    claims: ['T2.16b'],
  },
  {
    id: 'F811',
    promise: 'the rules of an action are those that run this action only',
    file: 'api/events/rules.ts',
    within: 'listRoutes',
    find: 'listRules(transaction, { actionRef: loaded.ref }, page)',
    replace: 'listRules(transaction, { pack: loaded.pack }, page)',
    claims: ['T2.16d'],
  },
  {
    id: 'F813',
    promise: 'a list of executions keeps those of the named enforcement only',
    file: 'store/executions/executions.ts',
    within: 'filterConditions',
    find: "equalColumns<'execution'>({ executor, enforcement, parent, correlation_id })",
    replace: "equalColumns<'execution'>({ executor, parent, correlation_id })",
    claims: ['T2.16a'],
  },
  {
    id: 'F814',
    promise: 'a list of inquiries keeps those of the named execution only',
    file: 'store/inquiries/inquiries.ts',
    within: 'filterConditions',
    find: "equalColumns<'inquiry'>({ status: status === undefined ? undefined : parseStatus(status), execution, assigned_to })",
    replace: "equalColumns<'inquiry'>({ status: status === undefined ? undefined : parseStatus(status), assigned_to })",
    claims: ['T2.16c'],
  },
  {
    id: 'F815',
    promise: 'the lists of keys and of components are sorted by ref',
    file: 'store/database/list-rows.ts',
    within: 'pageByRef',
    find: 'sql`ref`',
    replace: 'sql`id`',
    claims: ['T2.16d'],
  },
  {
    id: 'F891',
    promise: 'a list from an offset names its page',
    file: 'api/http/paging.ts',
    within: 'pageAtOffset',
    find: 'Math.floor(offset / size) + 1',
    replace: 'Math.ceil(offset / size) + 1',
    claims: ['T2.6d'],
  },
];
