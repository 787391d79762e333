import { textOrEmpty } from '../../../contract/json-text/text-or-json';
import { foldedText } from './folded-text';
import type { ObservedRequest, ShownRequest } from '../sent-request';

/** Of a failure. */
const SHOWN = 6;

/**
 * The last requests about what an error names: a request, an id (`execution 41`), or a name that
 * the test has made; else the last ones of all. Of equal reads, the last one.
 */
export function decidingRequests(requests: readonly ObservedRequest[], error: string): ShownRequest[] {
  const concerned = requests.filter(concerning(error));
  const candidates = concerned.length > 0 ? concerned : requests;
  const isRepeated = (request: ObservedRequest, n: number): boolean =>
    request.method === 'GET' && candidates.slice(n + 1).some((later) => placeOf(later) === placeOf(request));
  return candidates
    .filter((request, n) => !isRepeated(request, n))
    .slice(-SHOWN)
    .map(shown);
}

const shown = ({ bodies, ...request }: ObservedRequest): ShownRequest => ({
  ...request,
  sent: foldedText(bodies?.sent),
  received: foldedText(bodies?.received),
});

const placeOf = ({ method, path, query }: ObservedRequest): string =>
  `${method} ${path.replace('/api/v1', '')}${query}`;

const ROW = /\b(execution|inquiry|event|enforcement|artifact|worker|item|dispatch) (\d+)\b/g;
/** Every name that a test makes begins so. */
const MADE_NAME = /\be2e-[\w.-]*\w/g;

function concerning(error: string): (request: ObservedRequest) => boolean {
  const ids = [...error.matchAll(ROW)].map(([, kind, id]) => ({ kind: kind!, id: id! }));
  const names = [...new Set(error.match(MADE_NAME) ?? [])];
  return (request) => {
    const { path, query, execution, bodies } = request;
    if (error.includes(`${placeOf(request)} `) || ids.some(({ kind, id }) => isAbout(kind, id, `${path}${query}`)))
      return true;
    if (ids.some(({ kind, id }) => kind === 'execution' && Number(id) === execution)) return true;
    const texts = [path, query, ...(bodies ? [textOrEmpty(bodies.sent), textOrEmpty(bodies.received)] : [])];
    return names.some((name) => texts.some((text) => text.includes(name)));
  };
}

/** `/executions/41/logs`, `?parent=41`. */
const isAbout = (kind: string, id: string, place: string): boolean => {
  const resource = kind.replace(/y$/, 'ie');
  return new RegExp(`/${resource}e?s/${id}\\b|[?&](?:${kind}|parent)=${id}\\b`).test(place);
};
