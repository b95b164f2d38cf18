// The workloads with a Node.js driver, `pg` or `postgres` (postgres.js): what measure.cpp is for the C++ libraries, with the same line
// of JSON. Times stay text, since a Date has no microseconds: the drivers do a little less than the others.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [name, workload, wanted] = process.argv.slice(2);
if (!['pg', 'postgres'].includes(name) || !['W1', 'W2', 'W3-single', 'W4'].includes(workload) || !(Number(wanted) > 0)) {
    console.error('usage: node.mjs pg|postgres W1|W2|W3-single|W4 OPERATIONS; started by benchmarks/run');
    process.exit(2);
}
const require = createRequire(`${process.env.PGREPO_NODE_MODULES}/`);
const env = process.env;
const place = { host: env.POSTGRES_HOST, port: Number(env.POSTGRES_PORT ?? 5432), database: env.POSTGRES_DATABASE };
const columns = 'id, email, first_name, last_name, status, is_verified, created_at, updated_at, deleted_at';
const texts = {
    find: `SELECT ${columns} FROM users WHERE deleted_at IS NULL AND id = $1::uuid`,
    all: `SELECT ${columns} FROM users WHERE deleted_at IS NULL`,
    byIds: `SELECT ${columns} FROM users WHERE deleted_at IS NULL AND id = ANY($1::uuid[])`,
    create: `INSERT INTO written_users (email, first_name, last_name, is_verified) VALUES ($1, $2, $3, $4) RETURNING ${columns}`,
    ids: 'SELECT id FROM bench_ids ORDER BY id',
    clear: 'TRUNCATE written_users, orders, order_items',
    written: `SELECT ${columns} FROM written_users`,
};

async function withPg() {
    const { Client, types } = require('pg');
    types.setTypeParser(1184, (text) => text);
    const client = new Client({ ...place, user: env.POSTGRES_USER, password: env.POSTGRES_PASSWORD });
    await client.connect();
    const rows = async (statement, ...values) => (await client.query({ name: statement, text: texts[statement], values })).rows;
    return { rows, end: () => client.end() };
}
async function withPostgres() {
    const module = require('postgres');
    const sql = (module.default ?? module)({
        ...place, max: 1, username: env.POSTGRES_USER, password: env.POSTGRES_PASSWORD,
        types: { timestamptz: { to: 1184, from: [1184], serialize: (v) => v, parse: (text) => text } },
    });
    // an array is sent as the text that PostgreSQL reads as one
    const rows = (statement, ...values) =>
        sql.unsafe(texts[statement], values.map((v) => (Array.isArray(v) ? `{${v.join(',')}}` : v)), { prepare: true });
    return { rows, end: () => sql.end() };
}

const mask = (1n << 64n) - 1n;
const mix = (sum, value) => ((sum ^ value) * 0x100000001b3n) & mask;
const mixText = (sum, bytes) => bytes.reduce((all, byte) => mix(all, BigInt(byte)), sum);
function micros(text) {
    const [, seconds, fraction = ''] = /^(.*?)(?:\.(\d+))?\+00$/.exec(text);
    return BigInt(Date.parse(`${seconds.replace(' ', 'T')}Z`) - Date.UTC(2000, 0, 1)) * 1000n + BigInt(fraction.padEnd(6, '0'));
}
const status = { active: 0n, suspended: 1n, closed: 2n };
function checksum(users) {
    return users.reduce((all, user) => {
        let sum = mixText(0xcbf29ce484222325n, Buffer.from(user.id.replaceAll('-', ''), 'hex'));
        for (const text of [user.email, user.first_name, user.last_name]) sum = mixText(sum, Buffer.from(text));
        sum = mix(mix(sum, status[user.status]), user.is_verified ? 1n : 0n);
        sum = mix(mix(sum, BigInt.asUintN(64, micros(user.created_at))), BigInt.asUintN(64, micros(user.updated_at)));
        return (all + mix(sum, user.deleted_at === null ? mask : BigInt.asUintN(64, micros(user.deleted_at)))) & mask;
    }, 0n);
}

function checksumWritten(users) { // without what the server gives: ids and times
    return users.reduce((all, user) => {
        let sum = 0xcbf29ce484222325n;
        for (const text of [user.email, user.first_name, user.last_name]) sum = mixText(sum, Buffer.from(text));
        return (all + mix(mix(sum, status[user.status]), user.is_verified ? 1n : 0n)) & mask;
    }, 0n);
}

const client = await (name === 'pg' ? withPg() : withPostgres());
const ids = (await client.rows('ids')).map((row) => row.id);
const some = ids.slice(0, 1000);
const count = Number(wanted);

let seen = [];
let operations = 0;
const works = {
    async W1(warming) {
        operations = count;
        for (let i = 0; i < (warming ? ids.length : count); i += warming ? 10 : 1) {
            const found = await client.rows('find', ids[i % ids.length]);
            if (found.length !== 1) throw new Error('a user was missed');
            if (warming) seen.push(found[0]);
        }
    },
    async W2(warming) {
        const found = await client.rows('all');
        operations = found.length;
        if (warming) seen = found;
        else if (found.length !== seen.length) throw new Error('rows were missed');
    },
    async 'W3-single'(warming) {
        const before = Math.min(Math.max(Math.floor(count / 10), 1), 2000);
        if (warming) await client.rows('clear');
        operations = count;
        for (let i = warming ? 0 : before; i < (warming ? before : before + count); ++i) {
            await client.rows('create', `new${i}@example.org`, `First${i}`, `Last name ${i}`, i % 2 === 0);
        }
    },
    async W4(warming) {
        operations = Math.max(1, Math.floor(count / 1000)) * 1000;
        for (let i = 0; i < (warming ? 1 : operations / 1000); ++i) {
            const found = await client.rows('byIds', some);
            if (found.length !== some.length) throw new Error('rows were missed');
            if (warming) seen = found;
        }
    },
};
const work = works[workload];
await work(true);
const read = checksum(seen);
const wall = process.hrtime.bigint();
const cpu = process.cpuUsage();
await work(false);
const used = process.cpuUsage(cpu);
const took = process.hrtime.bigint() - wall;
const sum = workload === 'W3-single' ? checksumWritten(await client.rows('written')) : read;
await client.end();
const { version } = JSON.parse(readFileSync(`${env.PGREPO_NODE_MODULES}/node_modules/${name}/package.json`));
console.log(JSON.stringify({
    version: `${name} ${version} (Node.js ${process.versions.node})`, cpu_ns: (used.user + used.system) * 1000, wall_ns: Number(took),
    operations, checksum: sum.toString(16).padStart(16, '0'),
}));
