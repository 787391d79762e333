import { useState } from 'preact/hooks';
import type { ExecutionNode } from '../../../contract/executions';
import { isTerminal } from '../../../contract/status';
import { change } from '../api';
import { useCaller } from '../caller';
import { address, Link } from '../router';
import { mayDo } from '../session';
import { verbsOf, type Verb } from './execution-verbs';

interface Props {
  readonly execution: ExecutionNode;
  /** Called with the result of an action, or why it was rejected. */
  readonly report: (result: { readonly text: string } | { readonly error: unknown }) => void;
}

const NAMES: Readonly<Record<Verb, string>> = { cancel: 'Cancel', pause: 'Pause', resume: 'Resume' };

/** What the caller may do with an execution in its status. */
export function ExecutionActions({ execution, report }: Props) {
  const { id, action_ref: ref, status } = execution;
  const { user, capabilities } = useCaller();
  const [running, setRunning] = useState<Verb | null>(null);
  const run = (verb: Verb): void => {
    setRunning(verb);
    change('POST', `/api/v1/executions/${id}/${verb}`)
      .then(
        () => report({ text: `${NAMES[verb]} of execution ${id} was requested.` }),
        (error: unknown) => report({ error }),
      )
      .finally(() => setRunning(null));
  };
  const verbs = mayDo(user, 'executions', 'cancel') ? verbsOf(execution, capabilities ?? {}) : [];
  return (
    <div class="actions">
      {verbs.map((verb) => (
        <button key={verb} type="button" disabled={running !== null} onClick={() => run(verb)}>
          {NAMES[verb]}
        </button>
      ))}
      {isTerminal(status) && mayDo(user, 'actions', 'execute') && (
        <Link to={`${address('run', ref)}?from=${id}`} class="button">
          Run again
        </Link>
      )}
    </div>
  );
}
