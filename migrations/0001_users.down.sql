-- The trigger and the indexes go with their table; the function goes last, as it came first.
DROP TABLE users;
DROP FUNCTION set_updated_at();
