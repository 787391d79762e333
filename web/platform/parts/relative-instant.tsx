import { useNow } from '../platform-clock';
import { relativeText } from '../relative-text';
import { Instant } from './instant';

/** An instant, and how far it is from now: `1/1/27, 00:00:00 · in 33 d`. */
export function RelativeInstant({ at }: { readonly at: string | null | undefined }) {
  const now = useNow();
  return (
    <>
      <Instant at={at} />
      {typeof at === 'string' && <span class="relative"> {relativeText(Date.parse(at), now)}</span>}
    </>
  );
}
