import type { TargetedSubmitEvent } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import type { Action } from '../../../contract/actions';
import type { Execution } from '../../../contract/executions';
import type { JsonObject } from '../../../contract/json';
import { change, get } from '../api';
import { useCaller } from '../caller';
import { useResource } from '../resource';
import { address, go } from '../router';
import { mayDo } from '../session';
import { Problem } from './problem';
import { SchemaForm, useSchemaForm } from './schema-form';

interface Props {
  /** Id and ref of the execution of a workflow, which has ended. */
  readonly workflow: { readonly id: number; readonly ref: string };
  /** A task that it ran. */
  readonly task: string;
}

/** Runs an ended workflow again from one of its tasks, where the platform and the caller can. */
export function Rerun(props: Props) {
  const { user, capabilities } = useCaller();
  const [isOpen, setOpen] = useState(false);
  const canRerun = capabilities !== null && 'executions.rerun' in capabilities && mayDo(user, 'actions', 'execute');
  if (!canRerun) return null;
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        Run again from {props.task}
      </button>
      {isOpen && <RerunDialog {...props} close={() => setOpen(false)} />}
    </>
  );
}

function RerunDialog({ workflow: { id, ref }, task, close }: Props & { close(): void }) {
  const title = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  const [hasParameters, setParameters] = useState(false);
  const [isSending, setSending] = useState(false);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => dialog.current?.showModal(), []);
  const rerun = async (parameters?: JsonObject): Promise<void> => {
    setSending(true);
    setError(null);
    try {
      const body = { from: task, ...(parameters && { parameters }) };
      const { id: started } = await change<Execution>('POST', `/api/v1/executions/${id}/rerun`, body);
      go(address('executions', started));
    } finally {
      setSending(false);
    }
  };
  return (
    <dialog ref={dialog} aria-labelledby={title} onClose={close}>
      <h2 id={title}>Run again from {task}</h2>
      <p>
        A new execution of {ref} starts at <strong>{task}</strong>. The results of the tasks that finished before it are
        taken over from execution {id}; {task} and the tasks after it run again.
      </p>
      <label class="check">
        <input type="checkbox" checked={hasParameters} onChange={() => setParameters(!hasParameters)} /> with other
        parameters
      </label>
      {hasParameters ? (
        <WithParameters id={id} refOf={ref} isSending={isSending} rerun={rerun} close={close} />
      ) : (
        <>
          <Problem error={error} />
          <Buttons
            isSending={isSending}
            close={close}
            submit={() => {
              rerun().catch(setError);
            }}
          />
        </>
      )}
    </dialog>
  );
}

interface ButtonsProps {
  readonly isSending: boolean;
  close(): void;
  /** Absent: the buttons are a part of a form. */
  readonly submit?: () => void;
}

const Buttons = ({ isSending, close, submit }: ButtonsProps) => (
  <p class="actions">
    <button type={submit ? 'button' : 'submit'} class="main" disabled={isSending} {...(submit && { onClick: submit })}>
      Run again
    </button>
    <button type="button" onClick={close}>
      Close
    </button>
  </p>
);

interface ParametersProps {
  readonly id: number;
  readonly refOf: string;
  readonly isSending: boolean;
  readonly rerun: (parameters: JsonObject) => Promise<void>;
  close(): void;
}

function WithParameters(props: ParametersProps) {
  const { id, refOf } = props;
  const { value, error } = useResource(`rerun ${id}`, { types: [] }, async (signal) => {
    const [action, execution] = await Promise.all([
      get<Action>(`/api/v1/actions/${encodeURIComponent(refOf)}`, { signal }),
      get<Execution>(`/api/v1/executions/${id}`, { signal }),
    ]);
    return { schema: action.param_schema ?? {}, given: execution.config ?? {} };
  });
  if (!value) return error === null ? <p class="none">Loading…</p> : <Problem error={error} />;
  return <ParametersForm {...props} {...value} />;
}

type FormProps = ParametersProps & { readonly schema: JsonObject; readonly given: JsonObject };

function ParametersForm({ id, schema, given, isSending, rerun, close }: FormProps) {
  const form = useSchemaForm({ schema, given, root: '/parameters' });
  const [error, setError] = useState<unknown>(null);
  const submit = (event: TargetedSubmitEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const parameters = form.read();
    if (parameters === undefined) return;
    setError(null);
    rerun(parameters as JsonObject).catch((failure: unknown) => setError(form.reject(failure)));
  };
  return (
    <form onSubmit={submit} noValidate>
      <SchemaForm form={form} legend="Parameters" />
      <p class="notes">They replace all parameters of execution {id}: its secrets have to be given again.</p>
      <Problem error={error} />
      <Buttons isSending={isSending} close={close} />
    </form>
  );
}
