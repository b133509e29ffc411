DROP TABLE registry_order_steps;
DROP TABLE registry_orders;
DROP TABLE registry_certificates;
