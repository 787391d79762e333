import type { EnforcementSummary } from '../../../contract/events';
import type { RuleSummary } from '../../../contract/rules';
import { list } from '../api';
import { useCaller } from '../caller';
import { Instant } from '../parts/instant';
import { PagedList } from '../parts/paged-list';
import type { Column } from '../parts/table';
import { QueryChoice, QueryField } from '../parts/query-field';
import { RulesTabs } from '../parts/rules-tabs';
import { RuleSwitch, SwitchStatus, useSwitchResult, type SwitchResult } from '../parts/rule-switch';
import { useResource } from '../resource';
import { address, Link, type Place, type PageProps, pageNumber } from '../router';
import { mayDo } from '../session';
import { NewRule } from './new-rule';
import { OneRule } from './rule';

const ON_PAGE = 25;
/** The API has a list for each; they are not combined. */
const SETS = ['enabled', 'pack', 'action', 'trigger'];

export function Rules({ place }: PageProps) {
  const ref = place.segments[1];
  if (ref === 'new') return <NewRule place={place} />; // no rule: a ref has a dot
  return ref === undefined ? <RuleList place={place} /> : <OneRule key={ref} ruleRef={ref} place={place} />;
}

function RuleList({ place }: PageProps) {
  const { user } = useCaller();
  const page = pageNumber(place.query);
  const path = pathOf(place);
  const resource = useResource(`${path} ${page}`, { types: ['rule'] }, (signal) =>
    list<RuleSummary>(path, { per_page: ON_PAGE, page }, signal),
  );
  const { result, finish } = useSwitchResult(resource.reload);
  const set = place.query.get('set') ?? '';
  return (
    <>
      <h1>Rules</h1>
      <RulesTabs current="/rules" />
      <div class="filters" role="search">
        <QueryChoice place={place} name="set" label="Rules" choices={SETS} all="all" />
        {set !== '' && set !== 'enabled' && <QueryField place={place} name="ref" label={`Ref of the ${set}`} />}
        {mayDo(user, 'rules', 'create') && (
          <Link to="/rules/new" class="button">
            New rule
          </Link>
        )}
      </div>
      <SwitchStatus result={result} />
      <PagedList
        caption="Rules, by ref"
        resource={resource}
        columns={columnsWith(finish)}
        keyOf={({ id }) => id}
        none={
          place.query.size === 0 ? 'There is no rule yet: a pack brings them, or you create one.' : 'No rule matches.'
        }
        page={page}
      />
    </>
  );
}

function pathOf({ query }: Place): string {
  const [set, ref] = [query.get('set') ?? '', query.get('ref') ?? ''];
  if (set === 'enabled') return '/api/v1/rules/enabled';
  return set === '' || ref === '' ? '/api/v1/rules' : `/api/v1/${set}s/${encodeURIComponent(ref)}/rules`;
}

const columnsWith = (onResult: (result: SwitchResult) => void): readonly Column<RuleSummary>[] => [
  { title: 'State', cell: (rule) => <RuleSwitch rule={rule} onResult={onResult} /> },
  {
    title: 'Rule',
    cell: ({ ref, label }) => (
      <>
        <Link to={address('rules', ref)}>{ref}</Link> {label !== ref && <span class="faint">{label}</span>}
      </>
    ),
  },
  { title: 'Trigger', cell: ({ trigger_ref: trigger }) => trigger, isMinor: true, isRef: true },
  { title: 'Action', cell: ({ action_ref: action }) => action, isMinor: true, isRef: true },
  { title: 'Fired last', cell: ({ ref }) => <LastFired rule={ref} />, isMinor: true },
];

/** When the newest enforcement of a rule was created, and its event. */
function LastFired({ rule }: { readonly rule: string }) {
  const { value } = useResource(
    `last enforcement of ${rule}`,
    { types: ['enforcement'], matter: ({ payload }) => payload.rule_ref === rule },
    (signal) => list<EnforcementSummary>('/api/v1/enforcements', { rule_ref: rule, per_page: 1 }, signal),
  );
  const [last] = value?.items ?? [];
  if (!value) return null;
  if (!last) return <span class="faint">never</span>;
  if (last.event === null) return <Instant at={last.created} />;
  return (
    <Link to={address('events', last.event)}>
      <Instant at={last.created} />
    </Link>
  );
}
