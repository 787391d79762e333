-- A silent worker is marked and alerted about in one transaction of its tenant.
drop function if exists mark_stale_workers(double precision);
drop function if exists silent_workers(double precision);
