import { writeJson } from '../../../contract/json-text/write-json';
import type { RuleSummary } from '../../../contract/rules';
import { list } from '../api';
import { PagedList } from '../parts/paged-list';
import type { Column } from '../parts/table';
import { RelativeInstant } from '../parts/relative-instant';
import { Tabs } from '../parts/tabs';
import { TimerState } from '../parts/timer-state';
import { useResource } from '../resource';
import { address, Link, setQuery, type PageProps, pageNumber } from '../router';
import { scheduleText } from '../schedule-text';
import { OneTimer } from './timer';

const ON_PAGE = 25;
/** The API lists the rules of one trigger. */
const KINDS = [
  { title: 'Intervals', kind: 'interval', trigger: 'core.intervaltimer' },
  { title: 'Cron', kind: 'cron', trigger: 'core.crontimer' },
  { title: 'Dates', kind: 'date', trigger: 'core.datetimetimer' },
  { title: 'Recurrences', kind: 'recurrence', trigger: 'core.rruletimer' },
] as const;

export function Timers({ place }: PageProps) {
  const ref = place.segments[1];
  return ref === undefined ? <TimerLists place={place} /> : <OneTimer key={ref} ruleRef={ref} />;
}

/** The timers of each trigger, or of the one that is selected. */
function TimerLists({ place }: PageProps) {
  const selected = KINDS.find(({ kind }) => kind === place.query.get('kind'));
  const addressOf = (kind: string): string => `/timers?kind=${kind}`;
  return (
    <>
      <h1>Timers</h1>
      <Tabs
        label="Timers by trigger"
        tabs={[{ title: 'All', to: '/timers' }, ...KINDS.map(({ title, kind }) => ({ title, to: addressOf(kind) }))]}
        current={selected ? addressOf(selected.kind) : '/timers'}
      />
      {(selected ? [selected] : KINDS).map((kind) => (
        <TimerList key={kind.kind} kind={kind} place={place} isAlone={selected !== undefined} />
      ))}
    </>
  );
}

interface ListProps extends PageProps {
  readonly kind: (typeof KINDS)[number];
  /** It is the only list, and shows the page of the address. */
  readonly isAlone: boolean;
}

function TimerList({ kind: { title, kind, trigger }, place, isAlone }: ListProps) {
  const page = isAlone ? pageNumber(place.query) : 1;
  const resource = useResource(
    `rules of ${trigger} ${page}`,
    {
      types: ['rule', 'event'],
      matter: ({ entity_type, payload }) => entity_type === 'rule' || payload.trigger_ref === trigger,
    },
    (signal) => list<RuleSummary>(`/api/v1/triggers/${trigger}/rules`, { per_page: ON_PAGE, page }, signal),
  );
  const hasMore = resource.value?.pagination.has_next ?? false;
  return (
    <section aria-label={title} class="aligned">
      <h2>{title}</h2>
      <PagedList
        caption={`${title}, by the ref of their rule`}
        resource={resource}
        columns={COLUMNS}
        keyOf={({ id }) => id}
        none="None."
        page={page}
        showPage={(next) => setQuery({ kind, page: String(next) })}
      />
      {!isAlone && hasMore && (
        <p>
          <Link to={`/timers?kind=${kind}`}>All of this trigger</Link>
        </p>
      )}
    </section>
  );
}

const COLUMNS: readonly Column<RuleSummary>[] = [
  { title: 'Rule', cell: ({ ref }) => <Link to={address('timers', ref)}>{ref}</Link>, isRef: true },
  {
    title: 'Schedule',
    cell: ({ trigger_ref: trigger, trigger_params: params }) =>
      scheduleText(trigger, params)?.summary ?? <code>{writeJson(params)}</code>,
    isMinor: true,
  },
  { title: 'State', cell: (rule) => <TimerState rule={rule} /> },
  { title: 'Next fire', cell: ({ next_fire_at: at }) => <RelativeInstant at={at} /> },
  { title: 'Action', cell: ({ action_ref: action }) => action, isMinor: true, isRef: true },
];
