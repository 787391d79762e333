import type { FailureModel } from '../../helpers/run-report/run-model';
import { CopyButton } from '../components/copy-button';
import { Tree } from './tree';

/** Why a claim failed: the error, its place, the executions, and what else was seen. */
export function Failure({ failure }: { readonly failure: FailureModel }) {
  const { error, at, frames, rerun, requests, deciding = [], logged, host, executions } = failure;
  return (
    <div class="failure">
      <pre class="error">{error}</pre>
      <dl class="facts">
        {at !== null && (
          <>
            <dt>line</dt>
            <dd>
              <code>{at}</code>
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
      {deciding.length > 0 && (
        <details open>
          <summary>Deciding requests</summary>
          <Deciding deciding={deciding} />
        </details>
      )}
      {logged !== '' && (
        <details open>
          <summary>The platform logged</summary>
          <pre>{logged}</pre>
        </details>
      )}
      {executions.map((tree) => (
        <Tree key={tree.id} tree={tree} isOpen={executions.length <= 3 || tree === executions[0]} />
      ))}
      <details>
        <summary>{requests.length} requests</summary>
        <Requests requests={requests} />
      </details>
      <details>
        <summary>Stack</summary>
        <pre>{frames.join('\n')}</pre>
      </details>
    </div>
  );
}

const Deciding = ({ deciding }: Required<Pick<FailureModel, 'deciding'>>) => (
  <>
    {deciding.map(({ method, path, query, status, sent, received }, n) => (
      <pre key={n}>
        {[`${method} ${path}${query} returned ${status}`, sent && `sent: ${sent}`, received && `received: ${received}`]
          .filter((line) => line !== null)
          .join('\n')}
      </pre>
    ))}
  </>
);

const REJECTED = 400;

function Requests({ requests }: Pick<FailureModel, 'requests'>) {
  const start = requests[0]?.at ?? 0;
  return (
    <table class="log">
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
            <td>{((at - start) / 1_000).toFixed(3)} s</td>
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
}
