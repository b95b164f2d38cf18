-- orders: a user's, and gone with the user when the row itself is deleted (a soft delete touches nothing here).

CREATE TABLE orders (
    id          uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id     uuid          NOT NULL REFERENCES users (id) ON DELETE CASCADE,

    -- NOT NULL beside every default, for the reason given in 0001_users.
    status      varchar(50)   NOT NULL DEFAULT 'pending',
    total       decimal(10,2) NOT NULL DEFAULT 0,
    created_at  timestamptz   NOT NULL DEFAULT now(),
    updated_at  timestamptz   NOT NULL DEFAULT now(),
    deleted_at  timestamptz
);

-- For "the orders of a user". The cascade of a deleted user looks for all its orders, deleted ones included, and cannot
-- use a partial index: it reads the table. Users are removed for good too rarely to keep a second index for it.
CREATE INDEX orders_user_id_idx ON orders (user_id) WHERE deleted_at IS NULL;

CREATE INDEX orders_status_idx ON orders (status) WHERE deleted_at IS NULL;

CREATE TRIGGER orders_set_updated_at
    BEFORE UPDATE ON orders
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
