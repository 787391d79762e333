import { Link } from '../router';

interface Tab {
  readonly title: string;
  readonly to: string;
}

interface Props {
  /** What is selected, for readers of the screen. */
  readonly label: string;
  readonly tabs: readonly Tab[];
  /** The address of the tab that is shown. */
  readonly current: string;
}

/** Views of one page, each with an address. */
export const Tabs = ({ label, tabs, current }: Props) => (
  <nav class="tabs" aria-label={label}>
    {tabs.map(({ title, to }) => (
      <Link key={to} to={to} current={to === current}>
        {title}
      </Link>
    ))}
  </nav>
);
