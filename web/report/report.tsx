import { useEffect, useMemo, useState } from 'preact/hooks';
import type { PageClaim, PageRun } from '../../helpers/run-report/page-run';
import type { ResultClass } from '../../helpers/run-report/run-model';
import { signOfResult } from '../components/status';
import { durationText } from '../components/time-scale';
import { ClaimRow } from './claim-row';
import { ThemeButton } from '../components/theme-button';

const RESULTS: readonly ResultClass[] = ['failed', 'environment', 'known red', 'not proven', 'passed'];

/** A run: what it found, then its claims by tier and scenario. */
export function Report({ run }: { readonly run: PageRun }) {
  const [shown, setShown] = useState(() => firstShown(run));
  const [search, setSearch] = useState('');
  const [opened, open] = useOpened();
  const claims = useMemo(
    () => run.claims.filter((claim) => (shown === null || claim.result === shown) && matches(claim, search)),
    [run, shown, search],
  );
  const tiers = [...new Set(claims.map(({ tier }) => tier))];
  return (
    <main>
      <Head run={run} />
      <div class="tools">
        <div class="counts" role="group" aria-label="Show one result only">
          {RESULTS.map((result) => (
            <Count key={result} run={run} result={result} isShown={shown === result} show={setShown} />
          ))}
        </div>
        <input
          type="search"
          placeholder="Search id, title, file"
          aria-label="Search id, title, file"
          value={search}
          onInput={({ currentTarget }) => setSearch(currentTarget.value)}
        />
        <ThemeButton />
      </div>
      {claims.length === 0 && <p class="none">No claim matches.</p>}
      {tiers.map((tier) => (
        <section key={tier}>
          <h2>{tier}</h2>
          {scenariosOf(claims.filter((claim) => claim.tier === tier)).map((own) => (
            <Scenario key={own[0]!.file} claims={own} opened={opened} open={open} />
          ))}
        </section>
      ))}
    </main>
  );
}

/** What failed, if something did and the address names no claim. */
const firstShown = ({ claims }: PageRun): ResultClass | null =>
  location.hash === '' && claims.some(({ result }) => result === 'failed') ? 'failed' : null;

function Head({ run: { run, target, from, to, exit, reasons, claims } }: { readonly run: PageRun }) {
  const failed = claims.filter(({ result }) => result === 'failed' || result === 'environment').length;
  const isGreen = failed === 0 && exit === 0;
  const verdict = failed > 0 ? `${failed} of ${claims.length} claims failed` : `exit code ${exit}`;
  return (
    <header>
      <p class={`verdict ${isGreen ? 'good' : 'bad'}`}>{isGreen ? '✓ passed' : `✕ ${verdict}`}</p>
      <h1>Run {run}</h1>
      <p class="facts">
        {target.platform} ({target.kind}) {target.url}
        {from !== null && to !== null && (
          <>
            {' · '}
            <time dateTime={new Date(from).toISOString()}>{new Date(from).toLocaleString()}</time>
            {` · ${durationText(to - from)} · load factor ${target.loadFactor.toFixed(1)}`}
          </>
        )}
      </p>
      {reasons.length > 0 && (
        <ul class="reasons">
          {reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </header>
  );
}

interface CountProps {
  readonly run: PageRun;
  readonly result: ResultClass;
  readonly isShown: boolean;
  show(result: ResultClass | null): void;
}

function Count({ run, result, isShown, show }: CountProps) {
  const count = run.claims.filter((claim) => claim.result === result).length;
  const { sign, tone } = signOfResult(result);
  return (
    <button type="button" aria-pressed={isShown} disabled={count === 0} onClick={() => show(isShown ? null : result)}>
      <span class={tone} aria-hidden="true">
        {sign}
      </span>{' '}
      {count} {result}
    </button>
  );
}

interface ScenarioProps {
  readonly claims: readonly PageClaim[];
  readonly opened: string | null;
  open(id: string | null): void;
}

function Scenario({ claims, opened, open }: ScenarioProps) {
  const { file, spec } = claims[0]!;
  return (
    <article>
      <h3>{spec}</h3>
      <p class="file">{file}</p>
      <ul class="claims">
        {claims.map((claim) => (
          <ClaimRow key={claim.id} claim={claim} isOpen={opened === claim.id} open={open} />
        ))}
      </ul>
    </article>
  );
}

/** The claims of each file, in their order. */
function scenariosOf(claims: readonly PageClaim[]): PageClaim[][] {
  const files = new Map<string, PageClaim[]>();
  for (const claim of claims) files.set(claim.file, [...(files.get(claim.file) ?? []), claim]);
  return [...files.values()];
}

const matches = ({ id, title, file, spec }: PageClaim, search: string): boolean =>
  `${id} ${title} ${file} ${spec}`.toLowerCase().includes(search.trim().toLowerCase());

/** The claim that the address names, `report.html#T2.8b`. */
function useOpened(): [string | null, (id: string | null) => void] {
  const named = (): string | null => decodeURIComponent(location.hash.slice(1)) || null;
  const [opened, setOpened] = useState(named);
  useEffect(() => {
    const follow = (): void => setOpened(named());
    window.addEventListener('hashchange', follow);
    return () => window.removeEventListener('hashchange', follow);
  }, []);
  const open = (id: string | null): void => {
    history.replaceState(null, '', id === null ? location.pathname : `#${encodeURIComponent(id)}`);
    setOpened(id);
  };
  return [opened, open];
}
