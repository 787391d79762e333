import type { ComponentChildren, TargetedMouseEvent } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { queryText } from './api';

/** Where the page is: `/executions/41?tab=log`. */
export interface Place {
  /** Decoded: `['executions', '41']`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
}

/** What each page is given. */
export interface PageProps {
  readonly place: Place;
}

const MOVED = 'placechange';

const placeNow = (): Place => ({
  segments: location.pathname.split('/').filter(Boolean).map(decode),
  query: new URLSearchParams(location.search),
});

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment; // a percent sign that encodes no character
  }
}

/** The place, as it changes. */
export function usePlace(): Place {
  const [place, setPlace] = useState(placeNow);
  useEffect(() => {
    const follow = (): void => setPlace(placeNow());
    for (const event of ['popstate', MOVED]) window.addEventListener(event, follow);
    return () => {
      for (const event of ['popstate', MOVED]) window.removeEventListener(event, follow);
    };
  }, []);
  return place;
}

/** The page of a list that an address names, 1 the first. */
export function pageNumber(query: URLSearchParams): number {
  const page = Number(query.get('page'));
  return Number.isInteger(page) && page > 0 ? page : 1;
}

export function go(address: string): void {
  history.pushState(null, '', address);
  window.scrollTo(0, 0);
  window.dispatchEvent(new Event(MOVED));
}

/** Changes the query of the current place; an empty value removes a parameter. */
export function setQuery(changes: Readonly<Record<string, string | undefined>>): void {
  const query = { ...Object.fromEntries(new URLSearchParams(location.search)), ...changes };
  history.replaceState(null, '', `${location.pathname}${queryText(query)}`);
  window.dispatchEvent(new Event(MOVED));
}

/** An address of the page: segments of users are encoded. */
export const address = (...segments: readonly (string | number)[]): string =>
  `/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`;

interface LinkProps {
  readonly to: string;
  readonly class?: string;
  readonly current?: boolean;
  readonly children: ComponentChildren;
}

/** A link within the page; with a modifier key, the browser opens it as any other. */
export function Link({ to, current = false, children, ...rest }: LinkProps) {
  const follow = (event: TargetedMouseEvent<HTMLAnchorElement>): void => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={follow} {...(current && { 'aria-current': 'page' as const })} {...rest}>
      {children}
    </a>
  );
}
