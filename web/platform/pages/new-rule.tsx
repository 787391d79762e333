import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Action } from '../../../contract/actions';
import type { JsonObject } from '../../../contract/json';
import type { CreateRule, Rule } from '../../../contract/rules';
import type { Trigger } from '../../../contract/triggers';
import { JsonTree } from '../../components/json-tree';
import { change, get, list } from '../api';
import { ApiFailure } from '../api-failure';
import { useCaller } from '../caller';
import { Loaded } from '../parts/loaded';
import { Problem } from '../parts/problem';
import { QueryField } from '../parts/query-field';
import { RulesTabs } from '../parts/rules-tabs';
import { SchemaForm, useSchemaForm } from '../parts/schema-form';
import { useResource } from '../resource';
import { address, go, type Place, type PageProps } from '../router';
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
        <Chosen key={`${trigger.ref} ${action.ref}`} triggerRef={trigger.ref} actionRef={action.ref} />
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

interface ChosenProps {
  readonly triggerRef: string;
  readonly actionRef: string;
}

function Chosen({ triggerRef, actionRef }: ChosenProps) {
  const resource = useResource(`schemas of ${triggerRef} ${actionRef}`, { types: [] }, async (signal) => {
    const [trigger, action] = await Promise.all([
      get<Trigger>(`/api/v1/triggers/${encodeURIComponent(triggerRef)}`, { signal }),
      get<Action>(`/api/v1/actions/${encodeURIComponent(actionRef)}`, { signal }),
    ]);
    return { trigger, action };
  });
  return <Loaded resource={resource}>{(value) => <RuleForm {...value} />}</Loaded>;
}

/** Beside the parameters. */
const RULE: JsonObject = {
  ref: { type: 'string', required: true, position: 1, description: 'pack.name, of a pack that is registered' },
  label: { type: 'string', position: 2, description: 'empty: its ref' },
  conditions: {
    position: 3,
    description:
      'empty: each event; else [{"field": …, "operator": …, "value": …}] or {"expression": "event.payload.…"}',
  },
  enabled: { type: 'boolean', default: true, position: 4 },
};

interface FormProps {
  readonly trigger: Trigger;
  readonly action: Action;
}

function RuleForm({ trigger, action }: FormProps) {
  // The last one with an error has the focus: the first of the page.
  const start = useSchemaForm({ schema: action.param_schema ?? {}, root: '/action_params', acceptsTemplates: true });
  const event = useSchemaForm({ schema: trigger.param_schema ?? {}, root: '/trigger_params' });
  const rule = useSchemaForm({ schema: RULE, root: '' });
  const forms = [rule, event, start];
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const create = async (body: CreateRule): Promise<void> => {
    setSending(true);
    setError(null);
    try {
      const { ref } = await change<Rule>('POST', '/api/v1/rules', body);
      go(address('rules', ref));
    } catch (failure) {
      setSending(false);
      const rest = partsOf(failure).map((part, n) => (part === null ? null : forms[n]!.reject(part)));
      setError(rest.every((each) => each === null) && partsOf(failure).some((part) => part !== null) ? null : failure);
    }
  };
  const submit = (submitted: TargetedSubmitEvent<HTMLFormElement>): void => {
    submitted.preventDefault();
    const [own, trigger_params, action_params] = forms.map((form) => form.read()) as (JsonObject | undefined)[];
    if (own === undefined || trigger_params === undefined || action_params === undefined) return;
    const { ref, label = ref } = own as { readonly ref: string; readonly label?: string };
    void create({
      ...own,
      ref,
      label,
      pack_ref: ref.split('.')[0]!,
      trigger_ref: trigger.ref,
      action_ref: action.ref,
      trigger_params,
      action_params,
    });
  };
  return (
    <form class="run" aria-label="New rule" onSubmit={submit} noValidate>
      <SchemaForm form={rule} legend="Rule" canBeJson={false} />
      {event.fields.length > 0 && <SchemaForm form={event} legend={`Parameters of ${trigger.ref}`} />}
      {start.fields.length > 0 && (
        <>
          <SchemaForm form={start} legend={`Parameters of ${action.ref}`} />
          <p class="notes">
            A value may be an expression, such as <code>{'{{ event.payload.name }}'}</code>.
          </p>
        </>
      )}
      {trigger.out_schema !== null && Object.keys(trigger.out_schema).length > 0 && (
        <details>
          <summary>Payload of an event</summary>
          <JsonTree value={trigger.out_schema} label="Payload of an event" />
        </details>
      )}
      <Problem error={error} />
      <button class="main" type="submit" disabled={isSending}>
        Create
      </button>
    </form>
  );
}

/** A failure by the forms of its fields: the rule, the trigger's and the action's; null: none. */
function partsOf(failure: unknown): (ApiFailure | null)[] {
  if (!(failure instanceof ApiFailure)) return [null, null, null];
  const { status, code, message, hint, fields } = failure;
  const roots = ['trigger_params', 'action_params'];
  const rootOf = (path: string): string => path.replace(/^\//, '').split('/')[0]!;
  const part = (isOf: (root: string) => boolean): ApiFailure | null => {
    const own = fields.filter(({ path }) => isOf(rootOf(path)));
    return own.length === 0 ? null : new ApiFailure(status, code, message, hint, own);
  };
  return [part((root) => !roots.includes(root)), ...roots.map((name) => part((root) => root === name))];
}
