import { list } from '../api';
import { useCaller } from '../caller';
import { Problem } from '../parts/problem';
import { QueryField } from '../parts/query-field';
import { NewRuleForm } from '../parts/rule-form';
import { RulesTabs } from '../parts/rules-tabs';
import { useResource } from '../resource';
import { type Place, type PageProps } from '../router';
import { mayDo } from '../session';

/** Refs that are proposed for what is typed. */
const PROPOSED = 100;

/** The form of a new rule: its trigger and its action are in the address. */
export function NewRule({ place }: PageProps) {
  const { user } = useCaller();
  const trigger = useChoice(place, 'trigger', '/api/v1/triggers');
  const action = useChoice(place, 'action', '/api/v1/actions/search');
  return (
    <>
      <h1>New rule</h1>
      <RulesTabs current="" />
      {user !== null && !mayDo(user, 'rules', 'create') && (
        <p class="none">You may not create rules: the permission rules:create is missing.</p>
      )}
      <div class="filters" role="search">
        <QueryField place={place} name="trigger" label="Trigger" choices={trigger.refs} />
        <QueryField place={place} name="action" label="Action or workflow" choices={action.refs} />
      </div>
      <Problem error={trigger.error ?? action.error} />
      {(trigger.ref === null || action.ref === null) && (
        <p class="none">Choose what the rule waits for, and what it starts.</p>
      )}
      {trigger.ref !== null && action.ref !== null && mayDo(user, 'rules', 'create') && (
        <NewRuleForm key={`${trigger.ref} ${action.ref}`} triggerRef={trigger.ref} actionRef={action.ref} />
      )}
    </>
  );
}

interface Offered {
  readonly ref: string;
  readonly only_as_task?: boolean;
}

/** Refs with the words of a parameter of the address, and that parameter where it is one of them. */
function useChoice({ query }: Place, name: string, path: string) {
  const typed = query.get(name) ?? '';
  const { value, error } = useResource(`${name} ${typed}`, { types: [] }, async (signal) => {
    const { items } = await list<Offered>(path, { q: typed, page_size: PROPOSED }, signal);
    return items.filter((item) => item.only_as_task !== true).map(({ ref }) => ref);
  });
  const refs = value ?? [];
  return { refs, ref: refs.includes(typed) ? typed : null, error };
}
