-- The logs of an attempt are recorded by the statement that stores its end, which checks the lease.
drop function if exists record_logs(bigint, int, bigint, jsonb);
