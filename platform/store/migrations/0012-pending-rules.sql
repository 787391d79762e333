alter table timer_event rename to pending_rule;
alter table pending_rule rename constraint timer_event_pkey to pending_rule_pkey;
-- The table has more than those of timers; so has the function, now `pending_rules`.
drop function if exists pending_timer_events(int);
