import type { PageClaim } from '../../helpers/run-report/page-run';
import type { PastResult } from '../../helpers/run-report/run-model';
import { signOfResult } from '../components/status';
import { Failure } from './failure';

interface Props {
  readonly claim: PageClaim;
  readonly isOpen: boolean;
  open(id: string | null): void;
}

/** A claim with its result and duration; open, with its failure or the reason of its result. */
export function ClaimRow({ claim, isOpen, open }: Props) {
  const { id, title, result, reason, failure } = claim;
  const { sign, tone } = signOfResult(result);
  const summary = failure?.summary ?? reason;
  return (
    <li class={`claim ${tone}-edge`} id={id}>
      <button
        type="button"
        class="claim-head"
        aria-expanded={isOpen}
        disabled={summary === ''}
        onClick={() => open(isOpen ? null : id)}
      >
        <span class={`sign ${tone}`} title={result}>
          {sign}
          <span class="hidden">{result}</span>
        </span>
        <span class="claim-id">{id}</span>
        <span class="claim-title">{title}</span>
        <History history={claim.history} />
        <Duration claim={claim} />
      </button>
      {summary !== '' && !isOpen && <p class="summary">{summary}</p>}
      {isOpen && reason !== '' && <p class="summary">{reason}</p>}
      {isOpen && failure && <Failure failure={failure} />}
    </li>
  );
}

/** The duration, and its part of the budget as a bar. */
function Duration({ claim: { seconds, budget, result, requests } }: { readonly claim: PageClaim }) {
  if (result === 'not proven') return <span class="duration">not run</span>;
  const part = Math.min(1, seconds / budget);
  const isOver = seconds > budget;
  const details = `${seconds.toFixed(2)} s of ${budget} s${requests === null ? '' : `, ${requests} requests`}`;
  return (
    <span class="duration" title={details}>
      <span class="bar" aria-hidden="true">
        <span class={isOver ? 'over' : 'within'} style={{ width: `${part * 100}%` }} />
      </span>
      {seconds.toFixed(1)} s{isOver && <span class="hidden"> over its budget</span>}
    </span>
  );
}

/** Pixels. A bar has its mark below it. */
const BAR = { width: 4, highest: 14, mark: 3 };

/** Durations of earlier runs; those that did not pass are marked, so that it is read without a color. */
function History({ history }: { readonly history: readonly PastResult[] }) {
  if (history.length < 2) return <span class="history" />;
  const longest = Math.max(...history.map(({ seconds }) => seconds), 0.001);
  const failed = history.filter(({ result }) => result !== 'passed').length;
  const text = `${history.length} earlier runs, ${failed} not passed${failed === 0 ? '' : ' (with a mark)'}, longest ${longest.toFixed(1)} s`;
  const height = BAR.highest + 1 + BAR.mark;
  return (
    <svg class="history" width={history.length * BAR.width} height={height} role="img" aria-label={text}>
      <title>{text}</title>
      {history.map(({ result, seconds }, n) => {
        const long = Math.max(2, (seconds / longest) * BAR.highest);
        const place = { x: n * BAR.width, width: BAR.width - 1, class: signOfResult(result).tone };
        return (
          <g key={n}>
            <rect {...place} y={BAR.highest - long} height={long} />
            {result !== 'passed' && <rect {...place} y={BAR.highest + 1} height={BAR.mark} />}
          </g>
        );
      })}
    </svg>
  );
}
