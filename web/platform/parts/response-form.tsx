import type { TargetedKeyboardEvent, TargetedSubmitEvent } from 'preact';
import { useState } from 'preact/hooks';
import type { Json, JsonObject } from '../../../contract/json';
import { failureText } from '../api-failure';

interface Props {
  readonly schema: JsonObject | null;
  readonly respond: (response: Json) => Promise<void>;
}

/** The response to an inquiry as JSON. */
export function ResponseForm({ schema, respond }: Props) {
  const [text, setText] = useState('');
  const [error, setError] = useState<string | null>(null);
  const [isSending, setSending] = useState(false);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const response = parse(text);
    if (response === undefined) return setError('The response is not JSON. A text is in quotes: "yes"');
    setSending(true);
    setError(null);
    respond(response).catch((failure: unknown) => {
      setError(failureText(failure));
      setSending(false);
    });
  };
  const submitByEnter = (event: TargetedKeyboardEvent<HTMLTextAreaElement>): void => {
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    event.currentTarget.form?.requestSubmit();
  };
  return (
    <form class="form" aria-label="Response" onSubmit={submit}>
      <label>
        Response, as JSON
        <textarea
          rows={4}
          required
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={submitByEnter}
        />
      </label>
      {schema && (
        <details>
          <summary>Schema of the response</summary>
          <pre>{JSON.stringify(schema, null, 2)}</pre>
        </details>
      )}
      {error !== null && (
        <p class="problem" role="alert">
          {error}
        </p>
      )}
      <button class="main" type="submit" disabled={isSending}>
        Respond
      </button>
    </form>
  );
}

function parse(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
