-- order_items: the lines of an order. They live and die with it, so they have no deleted_at of their own.

CREATE TABLE order_items (
    id          uuid          PRIMARY KEY DEFAULT gen_random_uuid(),
    order_id    uuid          NOT NULL REFERENCES orders (id) ON DELETE CASCADE,

    -- No reference: products belong to another service, which may forget one that was once sold.
    product_id  uuid          NOT NULL,

    -- NOT NULL beside every default, for the reason given in 0001_users. price has none: a forgotten one must
    -- be an error and not a gift.
    quantity    integer       NOT NULL DEFAULT 1,
    price       decimal(10,2) NOT NULL,
    created_at  timestamptz   NOT NULL DEFAULT now(),
    updated_at  timestamptz   NOT NULL DEFAULT now()
);

CREATE INDEX order_items_order_id_idx ON order_items (order_id);
CREATE INDEX order_items_product_id_idx ON order_items (product_id);

CREATE TRIGGER order_items_set_updated_at
    BEFORE UPDATE ON order_items
    FOR EACH ROW EXECUTE FUNCTION set_updated_at();
