import type { InquirySummary } from '../../../contract/inquiries';
import type { Waiting } from '../../../contract/waiting';
import type { NodeModel } from '../../../helpers/run-report/run-model';
import { childrenOf } from '../../../helpers/run-report/task-graph';
import { get, list } from '../api';
import { useCaller } from '../caller';
import { useResource } from '../resource';
import { address, Link } from '../router';
import { mayDo } from '../session';
import { concerns } from './concerns';
import { Problem } from './problem';
import { RelativeInstant } from './relative-instant';
import { TextWithInstants } from './text-with-instants';

/** Children that have not ended, of which a link is shown. */
const SHOWN_BELOW = 10;

interface Props {
  /** It has not ended. */
  readonly node: NodeModel;
  /** As the tree names it; null: nothing. */
  readonly waitingFor: string | null;
  readonly nodes: readonly NodeModel[];
  choose(id: number): void;
}

/** Why an execution has not ended, from itself to what holds it. */
export function WaitsFor(props: Props) {
  const { capabilities } = useCaller();
  if (capabilities === null) return null;
  return (
    <section>
      <h3>Waits for</h3>
      {'executions.waiting' in capabilities ? <Reasons {...props} /> : <Phrase {...props} />}
    </section>
  );
}

function Reasons({ node: { id }, nodes, choose }: Props) {
  const ids = new Set(nodes.map((node) => node.id));
  const path = `/api/v1/executions/${id}/waiting`;
  const { value, error } = useResource(
    path,
    {
      types: ['execution', 'inquiry'],
      matter: (notification) => concerns(ids, notification),
    },
    (signal) => get<Waiting>(path, { signal }),
  );
  return (
    <>
      <Problem error={error} />
      {value?.reasons.length === 0 && <p class="none">nothing: it goes on</p>}
      {value && value.reasons.length > 0 && (
        <ol class="reasons">
          {value.reasons.map((reason, n) => (
            <li key={n}>
              <span class="kind">{reason.kind}</span> <TextWithInstants text={reason.text} />{' '}
              {reason.execution !== id && ids.has(reason.execution) && (
                <button type="button" class="link" onClick={() => choose(reason.execution)}>
                  show execution {reason.execution}
                </button>
              )}{' '}
              {reason.source.resource === 'inquiries' && (
                <Link to={address('inquiries', reason.source.id)}>respond to inquiry {reason.source.id}</Link>
              )}
              <Times since={reason.since} due={reason.due_at} />
            </li>
          ))}
        </ol>
      )}
      {value && value.left_out > 0 && <p class="none">and {value.left_out} more</p>}
    </>
  );
}

const Times = ({ since, due }: { readonly since: string | null; readonly due: string | null }) => (
  <>
    {since !== null && (
      <span class="facts">
        {' '}
        since <RelativeInstant at={since} />
      </span>
    )}
    {due !== null && (
      <span class="facts">
        {' '}
        until <RelativeInstant at={due} />
      </span>
    )}
  </>
);

/** What the tree names, and the inquiries without a response. */
function Phrase({ node, waitingFor, nodes, choose }: Props) {
  const below = childrenOf(nodes, nodes.indexOf(node)).filter(({ hasEnded }) => !hasEnded);
  return (
    <>
      <p>
        {waitingFor === null ? <span class="none">nothing: it goes on</span> : <TextWithInstants text={waitingFor} />}
      </p>
      {below.slice(0, SHOWN_BELOW).map(({ id, label }) => (
        <button key={id} type="button" onClick={() => choose(id)}>
          Show {label}, execution {id}
        </button>
      ))}
      {node.status === 'running' && <PendingInquiries execution={node.id} />}
    </>
  );
}

function PendingInquiries({ execution }: { readonly execution: number }) {
  const { user } = useCaller();
  const isReadable = mayDo(user, 'inquiries', 'read');
  const { value, error } = useResource(
    `inquiries of ${execution} ${isReadable}`,
    { types: ['inquiry'], matter: ({ payload }) => payload.execution === execution },
    async (signal) =>
      isReadable
        ? (await list<InquirySummary>('/api/v1/inquiries', { execution, status: 'pending' }, signal)).items
        : [],
  );
  return (
    <>
      <Problem error={error} />
      {value?.map(({ id, prompt }) => (
        <p key={id}>
          “{prompt}” <Link to={address('inquiries', id)}>respond to inquiry {id}</Link>
        </p>
      ))}
    </>
  );
}
