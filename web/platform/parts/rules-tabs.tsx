import { Tabs } from './tabs';

const TABS = [
  { title: 'Rules', to: '/rules' },
  { title: 'Events', to: '/events' },
  { title: 'Triggers', to: '/triggers' },
];

/** Rules, the events that they are evaluated for, and the triggers of these. */
export const RulesTabs = ({ current }: { readonly current: string }) => (
  <Tabs label="Rules and events" tabs={TABS} current={current} />
);
