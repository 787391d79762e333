-- Each rule of an event is evaluated on its own: one whose evaluation fails is tried again beside
-- the others.
alter table timer_event drop constraint timer_event_pkey, add primary key (event, rule);
comment on table timer_event is
  'Rules still to be evaluated for an event: that of a timer, and those whose evaluation failed.';
comment on column timer_event.rule is 'When it is deleted or disabled, nothing fires.';
-- Its file creates it again, with another column.
drop function if exists pending_timer_events(int);
