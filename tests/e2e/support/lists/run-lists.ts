import { EnforcementSummary, EventSummary, ENFORCEMENT_STATUSES } from '../../../../contract/events';
import { ExecutionDuration, ExecutionSummary } from '../../../../contract/executions';
import { STATUSES } from '../../../../contract/status';
import { secondsBetween } from '../../../../helpers/instant';
import { choiceIn, flag, idIn, partOf, textIn, type FilterCell } from './filters';
import { newestFirst, PAGES, type ListCell, type PageCell } from './list-cell';
import { textOf, type Row } from './row';
import { PACK } from './run-components';
import type { Runs } from './runs';

const COUNTED: PageCell = { size: 'per_page', default: 50, isCountedOnRequest: true };

const isTopLevel = (row: Row) => row.parent === null;

/** A ref, in which `*` is any text. */
function refLike(column: string, patterns: readonly string[], misses: readonly string[]): FilterCell<Runs> {
  const escaped = (text: string) => text.replaceAll(/[.+?^$()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return {
    ...textIn(column),
    values: (rows) => [...textIn<Runs>(column).values(rows), ...patterns],
    keeps: (row, value) => row[column] !== null && new RegExp(`^${escaped(String(value))}$`).test(textOf(row[column])),
    misses: (rows) => [...textIn<Runs>(column).misses(rows), ...misses],
  };
}

const packName: FilterCell<Runs> = {
  type: 'string',
  values: () => [PACK, `${PACK}s`, 'core'],
  keeps: ({ action_ref }, value) => String(action_ref).startsWith(`${String(value)}.`),
  misses: () => ['lis', 'LIST', 'list.run', '%'],
};

const actionRef = refLike('action_ref', ['list.*', 'list*', '*.run', '*'], ['list_run', 'list.%', 'l*n.x']);
const ruleRef = refLike('rule_ref', ['list.rule*', '*'], ['list_rule', 'list.r%']);
const triggerRef = refLike('trigger_ref', ['list.hook*', '*.hooks'], ['list_hook', 'list.h%']);
const status = choiceIn<Runs>('status', STATUSES);

const execution: Pick<ListCell<Runs>, 'key' | 'item'> = { key: 'id', item: ExecutionSummary };

const durationOf = ({ started_at: start, finished_at: end }: Row): number | null =>
  typeof start === 'string' && typeof end === 'string' ? secondsBetween(start, end) * 1_000 : null;

const EXECUTIONS: readonly ListCell<Runs>[] = [
  {
    ...execution,
    path: '/api/v1/executions',
    rows: ({ executions }) => newestFirst(executions),
    pages: { size: 'per_page', default: 20, cap: 100, isCountedOnRequest: true },
    filters: {
      status,
      action_ref: actionRef,
      pack_name: packName,
      rule_ref: ruleRef,
      trigger_ref: triggerRef,
      executor: idIn('executor'),
      enforcement: idIn('enforcement'),
      parent: idIn('parent'),
      correlation_id: textIn('correlation_id'),
      top_level_only: flag((row, value) => !value || isTopLevel(row)),
      result_contains: partOf([({ result }) => (result ? JSON.stringify(result) : '')], () => [
        'exited with code',
        'approved',
      ]),
    },
  },
  {
    ...execution,
    path: '/api/v1/executions/status/{status}',
    params: () => ['completed', ...STATUSES.filter((each) => each !== 'completed')].map((each) => ({ status: each })),
    rows: ({ executions }, params) => newestFirst(executions.filter((row) => row.status === params.status)),
    filters: {},
    pages: PAGES,
  },
  {
    path: '/api/v1/executions/durations',
    key: 'id',
    item: ExecutionDuration,
    rows: ({ executions }) => newestFirst(executions.filter(isTopLevel)),
    shown: { started_at: (row) => row.started_at ?? null, duration_ms: durationOf },
    filters: { status, action_ref: actionRef },
    pages: PAGES,
  },
  {
    ...execution,
    path: '/api/v1/enforcements/{id}/executions',
    params: ({ enforcements }) => [...enforcements].reverse().map((row) => ({ id: row.id as number })),
    rows: ({ executions }, { id }) => newestFirst(executions.filter(({ enforcement }) => enforcement === id)),
    filters: {},
    pages: PAGES,
  },
];

/** The lists of events and of what they cause. */
export const RUN_LISTS: readonly ListCell<Runs>[] = [
  ...EXECUTIONS,
  {
    path: '/api/v1/events',
    key: 'id',
    item: EventSummary,
    rows: ({ events }) => newestFirst(events),
    shown: { has_payload: ({ payload }) => payload !== null },
    filters: {
      trigger: idIn('trigger'),
      trigger_ref: triggerRef,
      rule_ref: ruleRef,
      source: idIn('source'),
      correlation_id: textIn('correlation_id'),
    },
    pages: COUNTED,
  },
  {
    path: '/api/v1/enforcements',
    key: 'id',
    item: EnforcementSummary,
    rows: ({ enforcements }) => newestFirst(enforcements),
    filters: {
      rule: idIn('rule'),
      rule_ref: ruleRef,
      event: idIn('event'),
      status: choiceIn('status', ENFORCEMENT_STATUSES),
      trigger_ref: triggerRef,
      correlation_id: textIn('correlation_id'),
    },
    pages: COUNTED,
  },
];
