-- The variables of its environment that an action declares: a caller who may not change the action sets no others.
alter table action add column env_schema jsonb not null default '{}';
