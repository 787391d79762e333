import type { ComponentType } from 'preact';
import { useEffect } from 'preact/hooks';
import type { CurrentUser } from '../../contract/auth';
import { ThemeButton } from '../components/theme-button';
import { useCaller, WithCaller } from './caller';
import { closeLive, useLiveState } from './live';
import { Events } from './pages/events';
import { Executions } from './pages/executions';
import { Inquiries } from './pages/inquiries';
import { Login } from './pages/login';
import { Packs } from './pages/packs';
import { Queues } from './pages/queues';
import { Workers } from './pages/workers';
import { Run } from './pages/run';
import { Boundary } from './parts/boundary';
import { WithPlatformClock } from './platform-clock';
import { Rules } from './pages/rules';
import { Timers } from './pages/timers';
import { Link, usePlace, type PageProps, type Place } from './router';
import { logOut, mayDo, useSession } from './session';

interface PageEntry {
  readonly path: string;
  readonly title: string;
  readonly Page: ComponentType<PageProps>;
  /** The entry of the navigation that it is a part of, if not its own. */
  readonly within?: string;
  /** The resource that it reads, which needs a permission; absent: each caller sees their own. */
  readonly resource?: string;
}

/** The pages by the first segment of their address, in the order of the navigation. */
const PAGES: readonly PageEntry[] = [
  { path: 'executions', title: 'Executions', Page: Executions },
  { path: 'run', title: 'Run', Page: Run },
  { path: 'rules', title: 'Rules', Page: Rules },
  { path: 'events', title: 'Events', Page: Events, within: 'rules' },
  { path: 'timers', title: 'Timers', Page: Timers },
  { path: 'inquiries', title: 'Inquiries', Page: Inquiries },
  { path: 'packs', title: 'Packs', Page: Packs, resource: 'packs' },
  { path: 'workers', title: 'Workers', Page: Workers, resource: 'workers' },
  { path: 'queues', title: 'Queues', Page: Queues, resource: 'queues' },
];

export function App() {
  const session = useSession();
  const place = usePlace();
  useEffect(() => {
    if (session === 'out') closeLive();
  }, [session]);
  if (session === 'starting') return null;
  return session === 'out' ? <Login /> : <LoggedIn place={place} />;
}

const LoggedIn = ({ place }: PageProps) => (
  <WithCaller>
    <WithPlatformClock>
      <Shell place={place} />
    </WithPlatformClock>
  </WithCaller>
);

/** `GET /auth/logout` redirects to `/login`. */
const isFirstPage = ({ segments: [first] }: Place): boolean => first === undefined || first === 'login';

function Shell({ place }: PageProps) {
  const { user } = useCaller();
  const entry = PAGES.find(({ path }) => path === (isFirstPage(place) ? 'executions' : place.segments[0]));
  useEffect(() => {
    document.title = entry ? `${entry.title} · Tuningfork` : 'Tuningfork';
  }, [entry]);
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="head">
        <nav aria-label="Pages">
          {PAGES.filter((each) => isInNavigation(each, user)).map(({ path, title }) => (
            <Link key={path} to={`/${path}`} current={path === (entry?.within ?? entry?.path)}>
              {title}
            </Link>
          ))}
        </nav>
        <LiveSign />
        {user && <span class="user">{user.login}</span>}
        <ThemeButton />
        <button type="button" onClick={() => void logOut()}>
          Log out
        </button>
      </header>
      <main id="content" tabIndex={-1}>
        <Boundary subject={place.segments.join('/')}>{entry ? <entry.Page place={place} /> : <NoPage />}</Boundary>
      </main>
    </>
  );
}

/** What the caller may not read has no link. */
const isInNavigation = ({ within, resource }: PageEntry, user: CurrentUser | null): boolean =>
  within === undefined && (resource === undefined || mayDo(user, resource, 'read'));

function LiveSign() {
  const isConnected = useLiveState();
  return (
    <span class={`live ${isConnected ? 'good' : 'warn'}`} role="status">
      {isConnected ? '● live' : '○ connecting'}
    </span>
  );
}

const NoPage = () => (
  <>
    <h1>There is no such page</h1>
    <p>
      <Link to="/executions">Executions</Link>
    </p>
  </>
);
