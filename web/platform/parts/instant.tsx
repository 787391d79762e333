/** An instant of the platform in the time of the browser; its title has it in UTC. */
export const Instant = ({ at }: { readonly at: string | null | undefined }) =>
  at === null || at === undefined ? (
    <span class="faint">–</span>
  ) : (
    <time dateTime={at} title={at}>
      {new Date(at).toLocaleString(undefined, { dateStyle: 'short', timeStyle: 'medium' })}
    </time>
  );
