-- users, and the trigger function that every table here shares.

-- One function for all tables: it touches NEW.updated_at and nothing else. clock_timestamp() would give two rows of
-- one statement different times; now(), the transaction's, is what "changed together" means.
CREATE FUNCTION set_updated_at() RETURNS trigger
    LANGUAGE plpgsql
AS $$
BEGIN
    NEW.updated_at := now();
    RETURN NEW;
END
$$;

CREATE TABLE users (
    id          uuid         PRIMARY KEY DEFAULT gen_random_uuid(),
    email       varchar(255) NOT NULL,
    first_name  varchar(100) NOT NULL,
    last_name   varchar(100) NOT NULL,
    status      varchar(50)  NOT NULL DEFAULT 'active',

    -- A default alone would still admit an explicit NULL, a third state that nobody asked for and that a plain bool or
    -- timestamp in a program cannot hold. So whatever has a default here is NOT NULL as well. deleted_at is the
    -- one column where NULL means something: the user is not deleted.
    is_verified boolean      NOT NULL DEFAULT false,
    created_at  timestamptz  NOT NULL DEFAULT now(),
    updated_at  timestamptz  NOT NULL DEFAULT now(),
    deleted_at  timestamptz
);

-- An address is unique among the users who are there. A plain UNIQUE counts the soft-deleted ones too: whoever left
-- could never register again, and the error would tell strangers that the address was once known here. The price: two
-- deleted rows may share an address, and restoring a user whose address is in use by now fails, with this index's name
-- as the error's constraint; that is the moment at which somebody has to decide. ON CONFLICT must repeat the
-- condition: ON CONFLICT (email) WHERE deleted_at IS NULL. This is also the partial index that look-ups by e-mail use.
-- Addresses are compared as they are written; a program that wants Ada@ and ada@ to be one stores them folded.
CREATE UNIQUE INDEX users_email_key ON users (email) WHERE deleted_at IS NULL;

CREATE INDEX users_status_idx ON users (status) WHERE deleted_at IS NULL;

-- Not partial: the newest rows are asked for with and without the deleted ones.
CREATE INDEX users_created_at_idx ON users (created_at);

CREATE TRIGGER users_set_updated_at
    BEFORE UPDATE ON users
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
