import { Tabs } from './tabs';

const TABS = [
  { title: 'Rules', to: '/rules' },
  { title: 'Events', to: '/events' },
];

/** Rules, and the events that they are evaluated for. */
export const RulesTabs = ({ current }: { readonly current: string }) => (
  <Tabs label="Rules and events" tabs={TABS} current={current} />
);
