import { writeJson } from '../../../contract/json-text/write-json';
import { useRef, useState } from 'preact/hooks';
import type { CurrentUser } from '../../../contract/auth';
import type { Execution } from '../../../contract/executions';
import type { Inquiry } from '../../../contract/inquiries';
import type { Json } from '../../../contract/json';
import type { AuditEventSummary } from '../../../contract/records/audit';
import { change, get, list } from '../api';
import { useCaller } from '../caller';
import { Facts } from '../parts/facts';
import { IdentityName } from '../parts/identity';
import { InquiryStatusSign } from '../parts/inquiry-status';
import { Instant } from '../parts/instant';
import { JsonTree } from '../../components/json-tree';
import { Problem } from '../parts/problem';
import { RelativeInstant } from '../parts/relative-instant';
import { ResponseForm } from '../parts/response-form';
import { useResource } from '../resource';
import { address, Link } from '../router';
import { mayDo } from '../session';

/** One inquiry: its prompt, and the form of its response or the response. */
export function InquiryPart({ id }: { readonly id: string }) {
  const { user } = useCaller();
  const [announcement, announce] = useState('');
  const heading = useRef<HTMLHeadingElement>(null);
  const path = `/api/v1/inquiries/${encodeURIComponent(id)}`;
  const {
    value: inquiry,
    error,
    reload,
  } = useResource(
    path,
    {
      types: ['inquiry'],
      matter: ({ entity_id: changed }) => String(changed) === id,
    },
    (signal) => get<Inquiry>(path, { signal }),
  );
  const respond = async (response: Json): Promise<void> => {
    await change<Inquiry>('POST', `${path}/respond`, { response });
    announce(`The response to inquiry ${id} was sent.`);
    heading.current?.focus(); // the form is gone
    reload();
  };
  return (
    <>
      <h2 tabIndex={-1} ref={heading}>
        Inquiry {id}
      </h2>
      <Problem error={error} />
      <p role="status" class="good">
        {announcement}
      </p>
      {!inquiry && error === null && <p class="none">Loading…</p>}
      {inquiry && (
        <>
          <p class="prompt">{inquiry.prompt}</p>
          <InquiryFacts inquiry={inquiry} />
          {inquiry.status === 'pending' ? (
            <PendingPart inquiry={inquiry} user={user} respond={respond} />
          ) : (
            <EndedPart inquiry={inquiry} />
          )}
        </>
      )}
    </>
  );
}

function InquiryFacts({ inquiry }: { readonly inquiry: Inquiry }) {
  const { status, execution, assigned_to: assignee, timeout_at: timeout, default_response: fallback } = inquiry;
  const workflow = useWorkflowOf(execution);
  return (
    <Facts
      facts={[
        ['Status', <InquiryStatusSign key="status" status={status} />],
        ['Workflow', workflow && <Link to={address('executions', workflow.id)}>{workflow.ref}</Link>],
        ['Task', workflow?.task],
        [
          'Execution',
          <Link key="execution" to={address('executions', execution)}>
            {execution}
          </Link>,
        ],
        ['Assigned to', assignee === null ? 'anybody' : <IdentityName id={assignee} />],
        [
          'Times out',
          timeout === null ? (
            'never'
          ) : status === 'pending' ? (
            <RelativeInstant at={timeout} />
          ) : (
            <Instant at={timeout} />
          ),
        ],
        ['Default response', (fallback ?? null) === null ? null : <code>{writeJson(fallback)}</code>],
        ['Created', <Instant key="created" at={inquiry.created} />],
      ]}
    />
  );
}

/** The execution of a workflow, and its task that asks. */
interface AskingWorkflow {
  readonly id: number;
  readonly ref: string;
  readonly task: string | undefined;
}

/** Null: a part of no workflow, or of one that the caller may not read. */
function useWorkflowOf(execution: number): AskingWorkflow | null {
  const { value } = useResource(
    `workflow of ${execution}`,
    { types: [] },
    async (signal): Promise<AskingWorkflow | null> => {
      const { parent, workflow_task: task } = await get<Execution>(`/api/v1/executions/${execution}`, { signal });
      if (parent === null) return null;
      const { action_ref: ref } = await get<Execution>(`/api/v1/executions/${parent}`, { signal });
      return { id: parent, ref, task: task?.task_name };
    },
  );
  return value ?? null;
}

interface PendingProps {
  readonly inquiry: Inquiry;
  readonly user: CurrentUser | null;
  readonly respond: (response: Json) => Promise<void>;
}

function PendingPart({ inquiry, user, respond }: PendingProps) {
  const { assigned_to: assignee, response_schema: schema } = inquiry;
  if (assignee !== null && user !== null && assignee !== user.id) {
    return (
      <p class="none">
        Only <IdentityName id={assignee} /> may respond.
      </p>
    );
  }
  return <ResponseForm schema={schema} respond={respond} />;
}

function EndedPart({ inquiry }: { readonly inquiry: Inquiry }) {
  if (inquiry.status !== 'responded' && !inquiry.defaulted) return null;
  return (
    <>
      <h3>{inquiry.defaulted ? 'Default response' : 'Response'}</h3>
      <JsonTree value={inquiry.response} label="Response" />
      {inquiry.responded_at !== null && (
        <p class="facts">
          <Responder id={inquiry.id} /> <Instant at={inquiry.responded_at} />
        </p>
      )}
    </>
  );
}

/** Requests that give a response. */
const RESPONSES = ['inquiries.respond', 'inquiries.update'];

/** Who sent the response: in the audit log, and so shown only to callers who may read that. */
function Responder({ id }: { readonly id: number }) {
  const { user } = useCaller();
  const isReadable = mayDo(user, 'audit_log', 'read');
  const { value, error } = useResource(`responder ${id} ${isReadable}`, { types: [] }, async (signal) => {
    if (!isReadable) return null;
    const filter = { resource_type: 'inquiries', resource_id: id, outcome: 'success', per_page: 20 };
    const { items } = await list<AuditEventSummary>('/api/v1/audit-events', filter, signal);
    return items.find(({ event_type: type }) => RESPONSES.includes(type))?.actor_login ?? null;
  });
  if (error !== null) return <Problem error={error} />;
  return value ? <>by {value},</> : null;
}
