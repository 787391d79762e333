-- Records whether the disk of a worker is short of space, as it is now.
create or replace function record_disk_shortage(worker_id bigint, is_short boolean) returns void
  language sql security definer set search_path = public, pg_temp as
$$
update worker set disk_shortage = is_short, disk_shortage_at = liveness_now() where id = worker_id
$$;
select expose_function(array['record_disk_shortage(bigint, boolean)']);
