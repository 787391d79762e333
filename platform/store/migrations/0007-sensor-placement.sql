-- Its file creates it again, with the tolerations and the affinity of each sensor.
drop function if exists sensor_plan();
