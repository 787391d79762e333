import type { ComponentChildren } from 'preact';

export type Fact = readonly [title: string, value: ComponentChildren];

/** Properties of one object; one without a value is left out. */
export const Facts = ({ facts }: { readonly facts: readonly Fact[] }) => (
  <dl class="fields">
    {facts
      .filter(([, value]) => value !== null && value !== undefined && value !== '')
      .map(([title, value]) => (
        <div key={title}>
          <dt>{title}</dt>
          <dd>{value}</dd>
        </div>
      ))}
  </dl>
);
