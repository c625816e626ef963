// Replaces @vscode/sqlite3, whose native module is missing without install scripts. The Agent Host keeps its
// sessions in it. It has only the functions that VS Code calls.
const { DatabaseSync } = require('node:sqlite');

class Database {
  #database;

  constructor(path, ...rest) {
    const done = callbackOf(rest);
    const outcome = attempt(() => (this.#database = new DatabaseSync(path)));
    setImmediate(() => done?.(outcome.error ?? null));
  }

  exec(sql, done) {
    this.#answer(done, () => this.#database.exec(sql));
    return this;
  }

  run(sql, ...rest) {
    const done = callbackOf(rest);
    const outcome = attempt(() => this.#database.prepare(sql).run(...values(rest)));
    const { changes, lastInsertRowid } = outcome.result ?? {};
    setImmediate(() =>
      done?.call({ changes: Number(changes), lastID: Number(lastInsertRowid) }, outcome.error ?? null),
    );
    return this;
  }

  get(sql, ...rest) {
    this.#answer(callbackOf(rest), () => this.#database.prepare(sql).get(...values(rest)));
    return this;
  }

  all(sql, ...rest) {
    this.#answer(callbackOf(rest), () => this.#database.prepare(sql).all(...values(rest)));
    return this;
  }

  prepare(sql, ...rest) {
    const bound = this;
    callbackOf(rest)?.(null);
    return {
      run: (...args) => bound.run(sql, ...args),
      get: (...args) => bound.get(sql, ...args),
      all: (...args) => bound.all(sql, ...args),
      finalize: (done) => done?.(null),
    };
  }

  serialize(work) {
    work?.();
  }

  close(done) {
    this.#answer(done, () => this.#database.close());
  }

  on() {
    return this;
  }

  #answer(done, action) {
    const { error, result } = attempt(action);
    setImmediate(() => done?.(error ?? null, result));
  }
}

function attempt(action) {
  try {
    return { result: action() };
  } catch (error) {
    return { error };
  }
}

function callbackOf(args) {
  const last = args.at(-1);
  return typeof last === 'function' ? last : undefined;
}

/** Accepts values one by one or as a list. */
function values(args) {
  const given = args.filter((each) => typeof each !== 'function');
  const list = Array.isArray(given[0]) ? given[0] : given;
  return list.map((each) => (typeof each === 'boolean' ? Number(each) : (each ?? null)));
}

module.exports = {
  Database,
  OPEN_READONLY: 1,
  OPEN_READWRITE: 2,
  OPEN_CREATE: 4,
  verbose: () => module.exports,
};
module.exports.default = module.exports;
