import type { ComponentChildren } from 'preact';
import type { Resource } from '../resource';
import { Problem } from './problem';

interface Props<T> {
  readonly resource: Resource<T>;
  readonly children: (value: T) => ComponentChildren;
}

/** What is loaded, with the problem of its last request. */
export const Loaded = <T,>({ resource: { value, error }, children }: Props<T>) => (
  <>
    <Problem error={error} />
    {value !== undefined && children(value)}
    {value === undefined && error === null && <p class="none">Loading…</p>}
  </>
);
