import type { ComponentChildren } from 'preact';

export type Fact = readonly [title: string, value: ComponentChildren];

interface Props {
  readonly facts: readonly Fact[];
  /** In as many columns as fit. */
  readonly isWide?: boolean;
}

/** Properties of one object; one without a value is left out. */
export const Facts = ({ facts, isWide = false }: Props) => (
  <dl class={isWide ? 'fields wide' : 'fields'}>
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
