import type { TargetedKeyboardEvent, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Json, JsonObject } from '../../../contract/json';
import { Problem } from './problem';
import { isMap } from './schema-fields';
import { SchemaForm, useSchemaForm } from './schema-form';

interface Props {
  readonly schema: JsonObject | null;
  readonly respond: (response: Json) => Promise<void>;
}

/** The response to an inquiry, by the fields of its schema, or as JSON where it has none. */
export function ResponseForm({ schema, respond }: Props) {
  const form = useSchemaForm({ schema: objectSchema(schema), root: 'response' });
  const [error, setError] = useState<unknown>(null);
  const [isSending, setSending] = useState(false);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const response = form.read();
    if (response === undefined || isSending) return;
    setSending(true);
    setError(null);
    respond(response).catch((failure: unknown) => {
      setError(form.reject(failure));
      setSending(false);
    });
  };
  return (
    <form aria-label="Response" noValidate onSubmit={submit} onKeyDown={submitByEnter}>
      <SchemaForm form={form} legend="Response" />
      <Problem error={error} />
      <p class="send">
        <button class="main" type="submit" disabled={isSending}>
          Respond
        </button>{' '}
        <span class="faint">{form.json === null ? 'or Enter; Shift+Enter is a new line' : 'or Ctrl+Enter'}</span>
      </p>
    </form>
  );
}

/** Enter sends from each field of one text; a JSON text has several lines. */
function submitByEnter(event: TargetedKeyboardEvent<HTMLFormElement>): void {
  const { target, currentTarget } = event;
  if (event.key !== 'Enter' || !(target instanceof HTMLTextAreaElement)) return;
  const isSent = target.classList.contains('code') ? event.ctrlKey || event.metaKey : !event.shiftKey;
  if (!isSent || event.isComposing) return;
  event.preventDefault();
  currentTarget.requestSubmit();
}

/** Null where a response may be no object: it is then typed as JSON. */
function objectSchema(schema: JsonObject | null): JsonObject | null {
  if (schema === null || Object.keys(schema).length === 0) return null;
  if (typeof schema.type === 'string') return schema.type === 'object' ? schema : null;
  const { properties } = schema;
  if (isMap(properties) && typeof properties.type !== 'string') return { ...schema, type: 'object' };
  return Object.values(schema).every(isMap) ? schema : null;
}
