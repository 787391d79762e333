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
import { Triggers } from './pages/triggers';
import { Link, usePlace, type PageProps } from './router';
import { routeOf, ROUTES, type Route, type RoutePath } from './routes';
import { logOut, mayDo, useSession } from './session';

/** What each route shows: a list, or the object that its address names. */
const PAGES: Readonly<Record<RoutePath, ComponentType<PageProps>>> = {
  executions: Executions,
  run: Run,
  rules: Rules,
  events: Events,
  triggers: Triggers,
  timers: Timers,
  inquiries: Inquiries,
  packs: Packs,
  workers: Workers,
  queues: Queues,
};

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

function Shell({ place }: PageProps) {
  const { user } = useCaller();
  const route = routeOf(place.segments);
  const Page = route && PAGES[route.path];
  useEffect(() => {
    document.title = route ? `${route.title} · Tuningfork` : 'Tuningfork';
  }, [route]);
  return (
    <>
      <a class="skip" href="#content">
        Skip to the content
      </a>
      <header class="head">
        <nav aria-label="Pages">
          {ROUTES.filter((each) => isInNavigation(each, user)).map(({ path, title }) => (
            <Link key={path} to={`/${path}`} current={path === (route?.within ?? route?.path)}>
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
        <Boundary subject={place.segments.join('/')}>{Page ? <Page place={place} /> : <NoPage />}</Boundary>
      </main>
    </>
  );
}

/** What the caller may not read has no link. */
const isInNavigation = ({ within, resource }: Route, user: CurrentUser | null): boolean =>
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
