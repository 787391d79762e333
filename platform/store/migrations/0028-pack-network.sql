-- What the programs of a pack may reach. `sensor_plan` returns it: its file creates it again.

alter table pack add column network text not null default 'full'
  constraint pack_network check (network in ('full', 'api-only', 'none'));
comment on column pack.network is 'What its programs may reach: the platform''s setting can only be narrowed.';

drop function sensor_plan();
