// The workloads with a Node.js driver, `pg` or `postgres` (postgres.js): what measure.cpp is for the C++ libraries, with the same line
// of JSON. Times stay text, since a Date has no microseconds: the drivers do a little less than the others.
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [name, workload] = process.argv.slice(2);
if (!['pg', 'postgres'].includes(name) || !['W1', 'W2', 'W4'].includes(workload)) {
    console.error('usage: node.mjs pg|postgres W1|W2|W4; started by benchmarks/run');
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

const client = await (name === 'pg' ? withPg() : withPostgres());
const all = await client.rows('all');
if (all.length !== 100000) throw new Error("the table users is not the benchmark's: run it by scripts/bench");
const ids = Array.from({ length: 5000 }, (_, i) => all[(i * 7919) % all.length].id).sort();
const some = ids.slice(0, 1000);

let seen = [];
let operations = 0;
async function work(warming) {
    if (workload === 'W1') {
        operations = ids.length;
        for (let i = 0; i < ids.length; i += warming ? 10 : 1) {
            const found = await client.rows('find', ids[i]);
            if (found.length !== 1) throw new Error('a user was missed');
            if (warming) seen.push(found[0]);
        }
    } else if (workload === 'W2') {
        operations = all.length;
        const found = await client.rows('all');
        if (found.length !== all.length) throw new Error('rows were missed');
        if (warming) seen = found;
    } else {
        operations = 20 * some.length;
        for (let i = 0; i < (warming ? 1 : 20); ++i) {
            const found = await client.rows('byIds', some);
            if (found.length !== some.length) throw new Error('rows were missed');
            if (warming) seen = found;
        }
    }
}
await work(true);
const sum = checksum(seen);
const wall = process.hrtime.bigint();
const cpu = process.cpuUsage();
await work(false);
const used = process.cpuUsage(cpu);
const took = process.hrtime.bigint() - wall;
await client.end();
const { version } = JSON.parse(readFileSync(`${env.PGREPO_NODE_MODULES}/node_modules/${name}/package.json`));
console.log(JSON.stringify({
    version: `${name} ${version} (Node.js ${process.versions.node})`, cpu_ns: (used.user + used.system) * 1000, wall_ns: Number(took),
    operations, checksum: sum.toString(16).padStart(16, '0'),
}));
