import { Decision } from '../../../../contract/events';
import { HistoryRecord } from '../../../../contract/records/history';
import { RuleDecision } from '../../../../contract/rule-decisions';
import type { ListedChanges } from './changes';
import { choiceIn, idIn, instantIn, textIn, type FilterCell } from './filters';
import { PAGES, sorted, type ListCell, type PageCell, type Parameters } from './list-cell';
import type { Row } from './row';

type Cell = ListCell<ListedChanges>;

const idsIn = (rows: readonly Row[], column: string): number[] => [
  ...new Set(rows.map((row) => row[column] as number)),
];

const HISTORY_PAGES: PageCell = { size: 'page_size', default: 50, cap: 1_000 };

/** Rows that have changed the field. */
const changedField: FilterCell<ListedChanges> = {
  type: 'string',
  values: ({ own }) => [...new Set(own.flatMap(({ changed_fields }) => changed_fields as string[]))],
  keeps: ({ changed_fields }, value) => (changed_fields as unknown[]).includes(value),
  misses: () => ['statu', 'status,worker', 'STATUS', '%'],
};

const OF_ONE = {
  operation: choiceIn<ListedChanges>('operation', ['INSERT', 'UPDATE', 'DELETE']),
  changed_field: changedField,
  since: instantIn<ListedChanges>('time', 'from'),
  until: instantIn<ListedChanges>('time', 'before'),
};

const newestChange = (rows: readonly Row[]): Row[] => sorted(rows, '-time', '-position');

const history: Pick<Cell, 'key' | 'item' | 'pages'> = {
  key: ({ entity_id, operation, new_values }) => [entity_id, operation, new_values],
  item: HistoryRecord,
  pages: HISTORY_PAGES,
};

/** The changes of each execution, or worker; first of that with the most instants. */
const ofEach = (kind: 'executions' | 'workers'): Cell => ({
  ...history,
  path: `/api/v1/${kind}/{id}/history`,
  params: (all) => {
    const instants = (id: number) => new Set(all[kind].flatMap((row) => (row.entity_id === id ? row.time : []))).size;
    const ids = idsIn(all[kind], 'entity_id').sort((a, b) => instants(b) - instants(a));
    return ids.map((id): Parameters => ({ id }));
  },
  rows: (all, { id }) => newestChange(all[kind].filter(({ entity_id }) => entity_id === id)),
  filters: OF_ONE,
});

/** Rows of the platform's own changes: histories, and decisions on events. */
export const CHANGE_LISTS: readonly Cell[] = [
  {
    ...history,
    path: '/api/v1/history/{entity}',
    params: () => [{ entity: 'execution' }],
    rows: ({ executions }) => newestChange(executions),
    filters: { entity_id: idIn('entity_id'), entity_ref: textIn('entity_ref'), ...OF_ONE },
  },
  ofEach('executions'),
  ofEach('workers'),
  {
    path: '/api/v1/events/{id}/decisions',
    params: ({ decisions }) => idsIn(decisions, 'event').map((id) => ({ id })),
    key: 'rule_ref',
    item: Decision,
    rows: ({ decisions }, { id }) => decisions.filter(({ event }) => event === id),
    filters: {},
  },
  {
    path: '/api/v1/rules/{ref}/decisions',
    params: () => ['list.some', 'list.gone', 'list.other', 'list.timer'].map((ref) => ({ ref })),
    key: 'event',
    item: RuleDecision,
    rows: ({ decisions }, { ref }) =>
      sorted(
        decisions.filter(({ rule_ref }) => rule_ref === ref),
        '-event_created',
        '-event',
      ),
    filters: { event: idIn('event') },
    pages: PAGES,
  },
];
