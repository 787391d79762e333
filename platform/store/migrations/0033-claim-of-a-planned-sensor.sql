-- A claim states how many failures its plan counted.
drop function if exists claim_sensor(bigint, bigint, double precision);
