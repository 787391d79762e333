import { useState } from 'preact/hooks';
import type { FailureModel } from '../../helpers/run-report/run-model';
import { Tree } from './tree';

/** Why a claim failed: the error, its place, the executions, and what else was seen. */
export function Failure({ failure }: { readonly failure: FailureModel }) {
  const { error, at, frames, rerun, requests, logged, host, executions } = failure;
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
          <Command text={rerun} />
        </dd>
        <dt>host</dt>
        <dd>{host}</dd>
      </dl>
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
        <pre>{requests.join('\n')}</pre>
      </details>
      <details>
        <summary>Stack</summary>
        <pre>{frames.join('\n')}</pre>
      </details>
    </div>
  );
}

function Command({ text }: { readonly text: string }) {
  const [isCopied, setCopied] = useState(false);
  const copy = (): void => void navigator.clipboard.writeText(text).then(() => setCopied(true));
  return (
    <>
      <code>{text}</code>{' '}
      <button type="button" class="copy" onClick={copy}>
        {isCopied ? 'copied' : 'copy'}
      </button>
    </>
  );
}
