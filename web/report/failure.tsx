import type { PageFailure } from '../../helpers/run-report/page-run';
import { CopyButton } from '../components/copy-button';
import { LongText } from '../components/long-text';
import { offsetText } from '../components/time-scale';
import { NamedText } from './named-text';
import { Tree } from './tree';

/** Places of the platform's sources. */
const SHOWN_CANDIDATES = 6;

/** Why a claim failed: the error, its place, the executions, and what else was seen. */
export function Failure({ failure }: FailureProps) {
  const { error, frames, requests, deciding = [], rules = [], logged, executions } = failure;
  return (
    <div class="failure">
      <LongText class="error" text={error} />
      <Facts failure={failure} />
      {rules.length > 0 && (
        <details open>
          <summary>What the rules decided</summary>
          <LongText text={rules.join('\n')} />
        </details>
      )}
      {logged !== '' && (
        <details open>
          <summary>The platform logged</summary>
          <LongText text={logged} />
        </details>
      )}
      {executions.map((tree) => (
        <Tree key={tree.id} tree={tree} isOpen={executions.length <= 3 || tree === executions[0]} />
      ))}
      {deciding.length > 0 && (
        <details open>
          <summary>Deciding requests</summary>
          <Deciding deciding={deciding} start={requests[0]?.at ?? 0} />
        </details>
      )}
      <details>
        <summary>{requests.length === 1 ? '1 request' : `${requests.length} requests`}</summary>
        <Requests requests={requests} start={requests[0]?.at ?? 0} />
      </details>
      <details>
        <summary>Stack</summary>
        <LongText text={frames.join('\n')} />
      </details>
    </div>
  );
}

interface FailureProps {
  readonly failure: PageFailure;
}

/** Where the claim stands, where to look first, and how it is repeated. */
const Facts = ({ failure: { at, candidates = [], rerun, host } }: FailureProps) => (
  <dl class="facts">
    {at !== null && (
      <>
        <dt>line</dt>
        <dd>
          <code>{at}</code>
        </dd>
      </>
    )}
    {candidates.length > 0 && (
      <>
        <dt>look first at</dt>
        <dd>
          <code>{candidates.slice(0, SHOWN_CANDIDATES).join(', ')}</code>
        </dd>
      </>
    )}
    <dt>again</dt>
    <dd>
      <code>{rerun}</code> <CopyButton text={() => rerun} label="Copy the command" />
    </dd>
    <dt>host</dt>
    <dd>{host}</dd>
  </dl>
);

interface DecidingProps {
  readonly deciding: NonNullable<PageFailure['deciding']>;
  /** When the first request of the claim was sent, epoch ms. */
  readonly start: number;
}

const Deciding = ({ deciding, start }: DecidingProps) => (
  <>
    {deciding.map(({ at, method, path, query, status, sent, received }, n) => (
      <section class="request" key={n}>
        <p>
          <code>
            {method} {path}
            {query}
          </code>{' '}
          returned <Status status={status} /> <span class="none">after {offsetText(at - start)}</span>
        </p>
        <NamedText name="sent" text={sent} />
        <NamedText name="received" text={received} />
      </section>
    ))}
  </>
);

const REJECTED = 400;

const Status = ({ status }: { readonly status: number }) => (
  <strong class={status >= REJECTED ? 'bad' : ''}>{status}</strong>
);

interface RequestsProps extends Pick<PageFailure, 'requests'> {
  readonly start: number;
}

const Requests = ({ requests, start }: RequestsProps) => (
  <table class="log requests">
    <thead>
      <tr>
        <th scope="col">after</th>
        <th scope="col">request</th>
        <th scope="col">status</th>
        <th scope="col">took</th>
      </tr>
    </thead>
    <tbody>
      {requests.map(({ at, method, path, status, ms }, n) => (
        <tr key={n}>
          <td>{offsetText(at - start)}</td>
          <td>
            <code>
              {method} {path}
            </code>
          </td>
          <td class={status >= REJECTED ? 'bad' : ''}>{status}</td>
          <td>{ms.toFixed(0)} ms</td>
        </tr>
      ))}
    </tbody>
  </table>
);
