import type { TObject } from '@sinclair/typebox';
import { ActionSearchResult, ActionSummary } from '../../../../contract/actions';
import { PackSummary } from '../../../../contract/packs';
import { QueueSummary } from '../../../../contract/queues';
import { RuleSummary } from '../../../../contract/rules';
import { RuntimeSummary } from '../../../../contract/runtimes';
import { SensorSummary } from '../../../../contract/sensors';
import { TriggerSummary } from '../../../../contract/triggers';
import { Revision, WorkflowSummary } from '../../../../contract/workflows';
import type { ListedComponents } from './components';
import { flag, partOf, textIn, type FilterCell } from './filters';
import { byRef, PAGES, sorted, type ListCell } from './list-cell';
import { textOf, type Row } from './row';

type Cell = ListCell<ListedComponents>;
type Kind = Exclude<keyof ListedComponents, 'revisions'>;

const PACK_REFS = [{ ref: 'list' }, { ref: 'lists' }];
const TEXTS = ['ref', 'label', 'description'];

const inOrder = { workflows: (rows: readonly Row[]) => sorted(rows, 'label', 'id') };

const HAS_PACK = 'a queue of a pack is never without one';
const WITH_A_PACK = { 'enabled & is_adhoc': HAS_PACK, 'is_adhoc & search': HAS_PACK };

/** Every word of a text, in upper or lower case. */
const words: FilterCell<ListedComponents> = {
  type: 'string',
  values: () => ['word', 'WORD of', 'plural', 'list.a', ' first  one '],
  keeps: (row, value) => {
    const text = [...TEXTS, 'name']
      .map((name) => textOf(row[name]))
      .join(' ')
      .toLowerCase();
    return String(value)
      .toLowerCase()
      .split(' ')
      .every((word) => text.includes(word));
  },
  misses: () => ['wor%', 'wo_d', 'word nothing'],
};

/** Every word of a text that some row has. */
const wordsOfRows: FilterCell<ListedComponents> = {
  ...words,
  values: ({ own }) =>
    [own[0], own.at(-1)].flatMap((row) =>
      row ? [textOf(row.ref).toUpperCase(), ` ${textOf(row.label ?? row.name)}  ${textOf(row.ref)}`] : [],
    ),
};

const WITH_WORDS: readonly Kind[] = ['packs', 'actions', 'runtimes', 'triggers', 'sensors', 'rules'];

const filtersOf = (kind: Kind): Cell['filters'] => (WITH_WORDS.includes(kind) ? { q: wordsOfRows } : {});

/** A list of all components of a kind, and one of those of a pack; more by `parts`. */
function listsOf(kind: Kind, item: TObject, parts: Partial<Cell> = {}): Cell[] {
  const order = kind === 'workflows' ? inOrder.workflows : byRef;
  const cell = { key: 'ref', item, filters: filtersOf(kind), pages: PAGES, ...parts };
  return [
    { ...cell, path: `/api/v1/${kind}`, rows: (all) => order(all[kind]) },
    {
      ...cell,
      ...(kind === 'queues' ? { inseparable: WITH_A_PACK } : { filters: filtersOf(kind) }),
      path: `/api/v1/packs/{ref}/${kind}`,
      params: () => PACK_REFS,
      rows: (all, { ref }) => order(all[kind].filter(({ pack_ref }) => pack_ref === ref)),
    },
  ];
}

/** A list of the enabled ones of a kind. */
const enabledOf = (kind: Kind, item: TObject): Cell => ({
  path: `/api/v1/${kind}/enabled`,
  key: 'ref',
  item,
  rows: (all) => byRef(all[kind].filter(({ enabled }) => enabled === true)),
  filters: filtersOf(kind),
  pages: PAGES,
});

/** The rules or sensors of each trigger or action. */
const ofOther = (path: string, kind: Kind, item: TObject, column: string, refs: readonly string[]): Cell => ({
  path,
  key: 'ref',
  item,
  params: () => refs.map((ref) => ({ ref })),
  rows: (all, { ref }) => byRef(all[kind].filter((row) => row[column] === ref)),
  filters: filtersOf(kind),
  pages: PAGES,
});

/** Any of some texts that commas separate, in a column with one text or a list of them. */
const anyOf = (column: string, values: readonly string[], misses: readonly string[]): FilterCell<ListedComponents> => ({
  type: 'string',
  values: () => values,
  keeps: (row, value) => {
    const parts = String(value)
      .split(',')
      .map((part) => part.trim());
    return [row[column]].flat().some((text) => parts.includes(String(text)));
  },
  misses: () => misses,
});

const EVERY_ACTION = 'an administrator may execute every action: tests/integration/api/rights';
const INSEPARABLE = {
  executable_with_current_access: EVERY_ACTION,
  'q & executable_with_current_access': EVERY_ACTION,
};

export const COMPONENT_LISTS: readonly Cell[] = [
  {
    path: '/api/v1/packs',
    key: 'ref',
    item: PackSummary,
    rows: ({ packs }) => byRef(packs),
    filters: filtersOf('packs'),
    pages: PAGES,
  },
  ...listsOf('actions', ActionSummary).map((cell, at) =>
    at === 0
      ? {
          ...cell,
          filters: { ...cell.filters, executable_with_current_access: flag<ListedComponents>(() => true) },
          inseparable: INSEPARABLE,
        }
      : cell,
  ),
  {
    path: '/api/v1/actions/search',
    key: 'ref',
    item: ActionSearchResult,
    rows: ({ actions }) => byRef(actions),
    shown: {
      is_workflow: ({ workflow_def }) => workflow_def !== undefined,
      description: ({ description }) => description ?? undefined,
    },
    filters: { q: words, packs: anyOf('pack_ref', ['list', 'lists', 'list, lists', 'core,lists'], []) },
    pages: PAGES,
  },
  ...listsOf('runtimes', RuntimeSummary),
  ...listsOf('workflows', WorkflowSummary, {
    filters: {
      tags: anyOf('tags', ['both', 'first', 'second, plural', 'nothing,plural'], ['bot', 'BOTH', 'both second']),
      search: partOf(TEXTS, () => ['second', 'list.w', 'upper']),
      pack_ref: textIn('pack_ref'),
    },
  }),
  {
    path: '/api/v1/workflows/{ref}/revisions',
    key: 'revision',
    item: Revision,
    params: () => [{ ref: 'list.w1' }],
    rows: ({ revisions }) => sorted(revisions, 'revision'),
    filters: {},
    pages: PAGES,
  },
  ...listsOf('triggers', TriggerSummary),
  enabledOf('triggers', TriggerSummary),
  ...listsOf('sensors', SensorSummary),
  enabledOf('sensors', SensorSummary),
  ofOther('/api/v1/triggers/{ref}/sensors', 'sensors', SensorSummary, 'trigger_ref', ['list.t', 'list.tt', 'lists.t']),
  ...listsOf('rules', RuleSummary),
  enabledOf('rules', RuleSummary),
  ofOther('/api/v1/triggers/{ref}/rules', 'rules', RuleSummary, 'trigger_ref', ['list.t', 'list.tt', 'lists.t']),
  ofOther('/api/v1/actions/{ref}/rules', 'rules', RuleSummary, 'action_ref', ['list.a', 'list.aa', 'lists.a']),
  ...listsOf('queues', QueueSummary, {
    filters: {
      enabled: flag(({ enabled }, value) => enabled === value),
      is_adhoc: flag(({ is_adhoc }, value) => is_adhoc === value),
      search: partOf(TEXTS, () => ['found', 'own-', 'first']),
    },
    pages: { size: 'per_page', default: 50 },
  }),
];
