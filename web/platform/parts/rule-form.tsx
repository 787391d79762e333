import type { TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Action } from '../../../contract/actions';
import type { JsonObject } from '../../../contract/json';
import type { CreateRule, Rule } from '../../../contract/rules';
import type { Trigger } from '../../../contract/triggers';
import { JsonTree } from '../../components/json-tree';
import { change, get } from '../api';
import { ApiFailure } from '../api-failure';
import { useResource } from '../resource';
import { address, go } from '../router';
import { Loaded } from './loaded';
import { Problem } from './problem';
import { SchemaForm, useSchemaForm } from './schema-form';

interface RefsProps {
  readonly triggerRef: string;
  readonly actionRef: string;
}

/** Creates a rule of a trigger and an action, and shows it. */
export function NewRuleForm({ triggerRef, actionRef }: RefsProps) {
  const schemas = useSchemas(triggerRef, actionRef);
  return (
    <Loaded resource={schemas}>
      {({ trigger, action }) => (
        <RuleForm
          {...{ trigger, action }}
          label="Create"
          save={async ({ own, trigger_params = {}, action_params = {} }) => {
            const { ref, label = ref } = own as { readonly ref: string; readonly label?: string };
            const references = { pack_ref: ref.split('.')[0]!, trigger_ref: trigger.ref, action_ref: action.ref };
            const body: CreateRule = { ...own, ref, label, ...references, trigger_params, action_params };
            await change<Rule>('POST', '/api/v1/rules', body);
            go(address('rules', ref));
          }}
        />
      )}
    </Loaded>
  );
}

interface ChangeProps {
  readonly rule: Rule;
  onSaved(): void;
}

/** Changes what a rule has beside its trigger and its action. What is left as it is is not sent. */
export function ChangeRuleForm({ rule, onSaved }: ChangeProps) {
  const schemas = useSchemas(rule.trigger_ref, rule.action_ref);
  return (
    <Loaded resource={schemas}>
      {({ trigger, action }) => (
        <RuleForm
          {...{ rule, trigger, action }}
          label="Save"
          save={async ({ own, trigger_params, action_params }) => {
            const { label = rule.ref, description = '', conditions = [] } = own ?? {};
            const body = {
              ...(own && { label, description, conditions }),
              ...(trigger_params && { trigger_params }),
              ...(action_params && { action_params }),
            };
            await change<Rule>('PUT', `/api/v1/rules/${encodeURIComponent(rule.ref)}`, body);
            onSaved();
          }}
        />
      )}
    </Loaded>
  );
}

const useSchemas = (triggerRef: string, actionRef: string) =>
  useResource(`schemas of ${triggerRef} ${actionRef}`, { types: [] }, async (signal) => {
    const [trigger, action] = await Promise.all([
      get<Trigger>(`/api/v1/triggers/${encodeURIComponent(triggerRef)}`, { signal }),
      get<Action>(`/api/v1/actions/${encodeURIComponent(actionRef)}`, { signal }),
    ]);
    return { trigger, action };
  });

const DEFINITION: JsonObject = {
  label: { type: 'string', position: 2, description: 'empty: its ref' },
  description: { type: 'string', position: 3 },
  conditions: {
    position: 4,
    description:
      'empty: each event; else [{"field": …, "operator": …, "value": …}] or {"expression": "event.payload.…"}',
  },
};
const NEW: JsonObject = {
  ...DEFINITION,
  ref: { type: 'string', required: true, position: 1, description: 'pack.name, of a pack that is registered' },
  enabled: { type: 'boolean', default: true, position: 5 },
};

/** What is to be saved; of a rule that exists, what has been typed. */
interface Saved {
  readonly own?: JsonObject;
  readonly trigger_params?: JsonObject;
  readonly action_params?: JsonObject;
}

interface FormProps {
  readonly trigger: Trigger;
  readonly action: Action;
  /** The rule to change; absent: a new one. */
  readonly rule?: Rule;
  readonly label: string;
  save(saved: Saved): Promise<void>;
}

function RuleForm({ trigger, action, rule, label, save }: FormProps) {
  const { forms, read, place } = useRuleForms({ trigger, action, rule });
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const send = async (saved: Saved): Promise<void> => {
    setSending(true);
    setError(null);
    try {
      await save(saved);
    } catch (failure) {
      setSending(false);
      setError(place(failure));
    }
  };
  const submit = (submitted: TargetedSubmitEvent<HTMLFormElement>): void => {
    submitted.preventDefault();
    const saved = read();
    if (saved !== undefined) void send(saved);
  };
  const [own, event, start] = forms;
  return (
    <form class="run" aria-label={rule ? `Change ${rule.ref}` : 'New rule'} onSubmit={submit} noValidate>
      <SchemaForm form={own} legend="Rule" canBeJson={false} />
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
        {label}
      </button>
    </form>
  );
}

/** The forms of a rule, of the parameters of its trigger, and of those of its action. */
function useRuleForms({
  trigger,
  action,
  rule,
}: Pick<FormProps, 'trigger' | 'action'> & { readonly rule?: Rule | undefined }) {
  const keepsSecrets = rule !== undefined;
  // The last one with an error has the focus: the first of the page.
  const start = useSchemaForm({
    schema: action.param_schema ?? {},
    root: '/action_params',
    acceptsTemplates: true,
    keepsSecrets,
    ...(rule && { given: rule.action_params }),
  });
  const event = useSchemaForm({
    schema: trigger.param_schema ?? {},
    root: '/trigger_params',
    keepsSecrets,
    ...(rule && { given: rule.trigger_params }),
  });
  const own = useSchemaForm({ schema: rule ? DEFINITION : NEW, root: '', ...(rule && { given: definitionOf(rule) }) });
  const forms = [own, event, start] as const;
  const read = (): Saved | undefined => {
    const values = forms.map((form) => form.read());
    if (values.includes(undefined)) return undefined;
    const names = ['own', 'trigger_params', 'action_params'] as const;
    return Object.fromEntries(
      names.map((name, n) => [name, values[n]] as const).filter((_, n) => rule === undefined || forms[n]!.isChanged),
    ) as Saved;
  };
  /** Puts errors beside their fields. Returns what has no place there. */
  const place = (failure: unknown): unknown => {
    const parts = partsOf(failure);
    const rest = parts.map((part, n) => (part === null ? null : forms[n]!.reject(part)));
    return rest.every((each) => each === null) && parts.some((part) => part !== null) ? null : failure;
  };
  return { forms, read, place };
}

const definitionOf = ({ label, description, conditions }: Rule): JsonObject => ({ label, description, conditions });

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
